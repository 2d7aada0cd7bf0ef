using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing;
using LeaseElection.Hosting.Testing.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite over the leases of the testing kit, which answer without a socket.</summary>
public sealed class InMemoryLeasesContractTests : LeaseModelContract
{
    private readonly InMemoryLeases _leases = new();

    private protected override LeaseModel Model => _leases.Model;

    internal override Task<ILeaseStore> OpenAsync(string leaseName) => Task.FromResult<ILeaseStore>(new KubernetesLeaseStore(
        Connect(), StoreSetup.Namespace, leaseName, TimeProvider.System, NullLogger<KubernetesLeaseStore>.Instance));

    internal override ILeaseStoreSource OpenSource() =>
        new KubernetesLeases(Connect(), StoreSetup.Namespace, TimeProvider.System, NullLogger<KubernetesLeases>.Instance);

    private KubernetesConnection Connect()
    {
        KubernetesApiConnection connection = new LeaseClient(_leases).Connect();
        return GivenConnection.Create(new ConnectionGiver("the test", _ => new(connection), TimeProvider.System), connection);
    }
}
