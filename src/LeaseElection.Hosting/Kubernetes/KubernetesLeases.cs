using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>The Leases of one namespace over one connection, of a few sockets; each watch has one more of its own.</summary>
internal sealed class KubernetesLeases(KubernetesConnection connection, string leaseNamespace, TimeProvider timeProvider, ILogger logger)
    : ILeaseStoreSource
{
    private readonly ApiServerClient _client = new(connection, timeProvider, logger, shared: true);

    public string Description => $"leases in {leaseNamespace} at {new ApiServerAddress(connection.Server)}";

    public ILeaseStore Open(string leaseName) =>
        new KubernetesLeaseStore(_client, new LeaseResource(connection.Server, leaseNamespace, leaseName), LeaseTraits.None);

    public ILeaseGroup OpenGroup(string group) =>
        new KubernetesLeaseGroup(_client, new LeaseGroupResource(connection.Server, leaseNamespace, group), group, timeProvider);

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
