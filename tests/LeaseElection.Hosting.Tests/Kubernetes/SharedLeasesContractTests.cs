using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite over the connection and the watch that many elections of a process share.</summary>
public sealed class SharedLeasesContractTests : LeaseModelContract
{
    private FakeKubeApiServer _server = null!;
    private SharedLeases _shared = null!;

    private protected override LeaseModel Model => _server.Leases;

    public override async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _shared = new StoreSetup(_server).CreateShared();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _shared.DisposeAsync();
        await _server.DisposeAsync();
    }

    internal override Task<ILeaseStore> OpenAsync(string leaseName) => Task.FromResult<ILeaseStore>(
        _shared.Open(new StoreSetup(_server).Connection, StoreSetup.Namespace, leaseName, mostOwnWatches: 0));

    internal override ILeaseStoreSource OpenSource() => new StoreSetup(_server).CreateSource();
}
