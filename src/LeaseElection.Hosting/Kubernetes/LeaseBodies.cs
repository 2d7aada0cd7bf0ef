using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>What is sent to create and to replace a lease.</summary>
internal static class LeaseBodies
{
    public static byte[] ForCreate(LeaseResource resource, LeaseRecord record) => Serialize(new LeaseDocument
    {
        Metadata = new LeaseMetadata { Name = resource.Name, Namespace = resource.Namespace },
        Spec = new LeaseSpec().With(record),
    });

    /// <summary>
    /// Uid and resourceVersion, always both: without the uid a PUT on a deleted lease <em>creates</em> it, because the server does not
    /// compare versions with an object that is not there.
    /// </summary>
    public static byte[] ForReplace(LeaseResource resource, Lease current, LeaseRecord record)
    {
        LeaseDocument document = current.Document ?? new LeaseDocument();
        LeaseMetadata metadata = document.Metadata ?? new LeaseMetadata();
        return Serialize(document.With(record) with
        {
            Metadata = metadata with
            {
                Name = resource.Name,
                Namespace = resource.Namespace,
                Uid = current.Uid,
                ResourceVersion = current.ResourceVersion,
                Extra = WithoutManagedFields(metadata.Extra),
            },
        });
    }

    // Half of a Lease's bytes, kept by the server for itself; left out, it keeps what it has.
    private static Dictionary<string, JsonElement>? WithoutManagedFields(Dictionary<string, JsonElement>? extra) =>
        extra?.Where(pair => pair.Key != "managedFields").ToDictionary();

    private static byte[] Serialize(LeaseDocument document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, LeaseJsonContext.Default.LeaseDocument);
}
