using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>What the events of a watch tell of one lease, or of a group.</summary>
internal static class LeaseEvents
{
    /// <exception cref="JsonException">It is no event of a watch of leases.</exception>
    public static LeaseEvent? OfLease(LeaseResource resource, string? type, LeaseDocument document)
    {
        LeaseMetadata metadata = MetadataOf(document);
        if (type == "BOOKMARK")
            return new LeaseEvent.Bookmark(metadata.ResourceVersion!);
        // A gateway that loses the field selector must not make another lease's holder ours.
        if (!resource.IsNamedBy(metadata))
            return null;
        // What is told here is what the next write names and what ends a term: it must be as complete as the answer to a read.
        if (!resource.Is(document))
            throw new JsonException("an event is not about a Lease");
        return type switch
        {
            "ADDED" or "MODIFIED" => new LeaseEvent.Changed(document.ToLease()),
            "DELETED" => new LeaseEvent.Deleted(metadata.ResourceVersion!),
            // A type of the future: what matters is written to the lease, and that we would see.
            _ => null,
        };
    }

    /// <exception cref="JsonException">It is no event of a watch of leases.</exception>
    public static LeaseGroupEvent? OfGroup(LeaseGroupResource group, string? type, LeaseDocument document)
    {
        LeaseMetadata metadata = MetadataOf(document);
        if (type == "BOOKMARK")
            return new LeaseGroupEvent.Bookmark(metadata.ResourceVersion!);
        if (metadata is not { Name: { Length: > 0 } name } || metadata.Namespace != group.Namespace)
            return null;
        if (!LeaseResource.IsLease(document))
            throw new JsonException("an event is not about a Lease");
        return type switch
        {
            "ADDED" or "MODIFIED" when group.Has(document) => new LeaseGroupEvent.Changed(name, document.ToLease()),
            // Modified, and without the label: through a gateway that loses the selector it is all that tells that the label is gone.
            "DELETED" or "MODIFIED" => new LeaseGroupEvent.Gone(name, metadata.ResourceVersion!),
            _ => null,
        };
    }

    private static LeaseMetadata MetadataOf(LeaseDocument document) =>
        document.Metadata is { ResourceVersion.Length: > 0 } metadata
            ? metadata
            : throw new JsonException("an event has no resourceVersion");
}
