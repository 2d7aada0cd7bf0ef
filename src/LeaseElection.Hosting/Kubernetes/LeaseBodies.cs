using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>What is sent to create and to replace a lease.</summary>
internal static class LeaseBodies
{
    public static byte[] ForCreate(LeaseResource resource, LeaseWrite write, LeaseTraits traits) => Serialize(new LeaseDocument
    {
        Metadata = TraitsInMetadata
            .Put(traits, new LeaseMetadata { Name = resource.Name, Namespace = resource.Namespace })
            .Annotate(write.Annotations)
            .OwnedBy(traits.Owner),
        Spec = new LeaseSpec(write.Record),
    });

    /// <summary>
    /// Uid and resourceVersion, always both: without the uid a PUT on a deleted lease <em>creates</em> it, because the server does not
    /// compare versions with an object that is not there. No owner is added: OpenShift, which guards them
    /// (OwnerReferencesPermissionEnforcement), lets anybody set one who creates a lease, but asks who updates it for the right to delete.
    /// </summary>
    /// <returns>In the buffer, and gone when that is used again.</returns>
    public static ReadOnlyMemory<byte> ForReplace(
        JsonBuffer buffer, LeaseResource resource, Lease current, LeaseWrite write, LeaseTraits traits)
    {
        LeaseDocument document = current.Document ?? new LeaseDocument();
        LeaseMetadata metadata = TraitsInMetadata.Put(traits, document.Metadata ?? new LeaseMetadata()).Annotate(write.Annotations);
        if ((metadata.Name, metadata.Namespace) != (resource.Name, resource.Namespace)
            || (metadata.Uid, metadata.ResourceVersion) != (current.Uid, current.ResourceVersion))
        {
            metadata = metadata with
            {
                Name = resource.Name,
                Namespace = resource.Namespace,
                Uid = current.Uid,
                ResourceVersion = current.ResourceVersion,
            };
        }
        LeaseDocumentWriter.Write(buffer.Begin(), document, metadata, write.Record);
        return buffer.End();
    }

    /// <summary>
    /// Uid and resourceVersion here too: what goes is the very version that was seen to be of no use, and not one that somebody has taken
    /// up since.
    /// </summary>
    public static byte[] ForDelete(Lease current) => JsonSerializer.SerializeToUtf8Bytes(
        new DeleteOptions { Preconditions = new DeletePreconditions(current.Uid, current.ResourceVersion) },
        KubernetesJsonContext.Default.DeleteOptions);

    private static byte[] Serialize(LeaseDocument document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, LeaseJsonContext.Default.LeaseDocument);
}
