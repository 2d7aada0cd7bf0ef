using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite with the requests that need no thread pool.</summary>
public sealed class BlockingLeaseStoreContractTests : LeaseModelContract
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
        Task.FromResult<ILeaseStore>(new BlockingStore(new StoreSetup(_server) { LeaseName = leaseName }.Create()));

    internal override ILeaseStoreSource OpenSource() => new StoreSetup(_server).CreateSource();
}
