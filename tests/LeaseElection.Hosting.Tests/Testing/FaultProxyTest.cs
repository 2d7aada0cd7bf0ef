using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Proxy;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

/// <summary>Our store, the fault proxy, and a fake API server behind it that has the lease already.</summary>
public abstract class FaultProxyTest : IAsyncLifetime
{
    private protected FakeKubeApiServer Server { get; private set; } = null!;

    private protected FaultProxy Proxy { get; private set; } = null!;

    private protected KubernetesLeaseStore Store { get; private set; } = null!;

    /// <summary>The store's: a request of its times out when a test lets it, and not because the machine is busy.</summary>
    private protected ManualTimeProvider Time { get; } = new();

    private protected Lease Lease { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await FakeKubeApiServer.StartAsync();
        Proxy = await FaultProxy.StartAsync(Server.Url, Server.Authority);
        Store = new StoreSetup(Server) { Url = Proxy.Url, Time = Time }.Create();
        Lease = await Store.CreateLeaseAsync();
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }
}
