using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite over HTTP against the fake, which so proves that the fake behaves as the real one.</summary>
public class KubernetesLeaseStoreContractTests : LeaseModelContract
{
    private FakeKubeApiServer _server = null!;

    private protected override LeaseModel Model => _server.Leases;

    public override async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    internal override Task<ILeaseStore> OpenAsync(string leaseName) =>
        Task.FromResult<ILeaseStore>(new StoreSetup(_server) { LeaseName = leaseName }.Create());

    internal override ILeaseStoreSource OpenSource() => new StoreSetup(_server).CreateSource();
}
