using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.Tests;

/// <summary>Our store, the fault proxy, and a fake API server behind it that has the lease already.</summary>
public abstract class FaultProxyTest : IAsyncLifetime
{
    private protected FakeKubeApiServer Server { get; private set; } = null!;

    private protected FaultProxy Proxy { get; private set; } = null!;

    private protected KubernetesLeaseStore Store { get; private set; } = null!;

    private protected Lease Lease { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await FakeKubeApiServer.StartAsync();
        Proxy = await FaultProxy.StartAsync(Server.Url, Server.Authority);
        Store = new StoreSetup(Server) { Url = Proxy.Url }.Create();
        Lease = await Store.CreateLeaseAsync();
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }
}
