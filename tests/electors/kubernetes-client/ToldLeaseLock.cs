using k8s;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace LeaseElection.Electors.KubernetesClient;

/// <summary>KubernetesClient's own lock, which tells the version of each write that the API server accepted.</summary>
internal sealed class ToldLeaseLock(IKubernetes client, string leaseNamespace, string name, Work work)
    : LeaseLock(client, leaseNamespace, name, work.Identity)
{
    protected override async Task<V1Lease> CreateMetaObjectAsync(
        IKubernetes client, V1Lease obj, string namespaceParameter, CancellationToken cancellationToken) =>
        Told(await base.CreateMetaObjectAsync(client, obj, namespaceParameter, cancellationToken));

    protected override async Task<V1Lease> ReplaceMetaObjectAsync(
        IKubernetes client, V1Lease obj, string name, string namespaceParameter, CancellationToken cancellationToken) =>
        Told(await base.ReplaceMetaObjectAsync(client, obj, name, namespaceParameter, cancellationToken));

    private V1Lease Told(V1Lease written)
    {
        work.Wrote(written.Metadata.ResourceVersion);
        return written;
    }
}
