using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.FakeApiServer;
using Microsoft.AspNetCore.Http;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Which elections of a process share a connection, and which a watch.</summary>
public sealed class SharedLeasesTests : IAsyncLifetime
{
    private FakeKubeApiServer _server = null!;
    private SharedLeases _shared = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _shared = new StoreSetup(_server).CreateShared();
    }

    public async Task DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Open_SameConnectionTwice_OneClient()
    {
        await Open("first").CreateLeaseAsync();
        await Open("second").CreateLeaseAsync();

        Assert.Single(_server.Requests.Select(request => request.ConnectionId).Distinct());
    }

    [Fact]
    public void Open_SameServerThroughTheProxyAsAnotherUser_AnotherClient()
    {
        KubernetesConnection connection = new StoreSetup(_server).Connection;
        Uri proxy = new("http://a:1@127.0.0.1:1");

        Assert.NotEqual(
            (connection with { Proxy = proxy }).ToSharingKey(),
            (connection with { Proxy = new Uri("http://b:2@127.0.0.1:1") }).ToSharingKey());
        Assert.Equal((connection with { Proxy = proxy }).ToSharingKey(), (connection with { Proxy = proxy, Origin = "b" }).ToSharingKey());
    }

    /// <summary>Of elections with sections of their own each has the same server, token and authority in its own words.</summary>
    [Fact]
    public async Task Open_SameConnectionFoundInAnotherPlace_OneClient()
    {
        KubernetesConnection connection = new StoreSetup(_server).Connection;
        await _shared.Open(connection with { Origin = "a" }, StoreSetup.Namespace, "first", mostOwnWatches: 0).CreateLeaseAsync();
        await _shared.Open(connection with { Origin = "b" }, StoreSetup.Namespace, "second", mostOwnWatches: 0).CreateLeaseAsync();

        Assert.Single(_server.Requests.Select(request => request.ConnectionId).Distinct());
    }

    [Fact]
    public async Task Watch_OfFewInEachOfTwoNamespaces_EachHasItsOwn()
    {
        _server.Leases.AddNamespace("one");
        _server.Leases.AddNamespace("two");
        KubernetesLeaseStore[] stores =
            [.. Enumerable.Range(0, 6).Select(i => Open($"orders-{i}", i % 2 == 0 ? "one" : "two", mostOwnWatches: 3))];
        foreach (KubernetesLeaseStore store in stores)
        {
            Lease lease = await store.CreateLeaseAsync();
            await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
            await store.ReplaceAsync(lease, Held("a", 1), Patience, default);
            await reader.NextAsync<LeaseEvent.Changed>();
        }

        Assert.Equal(6, Watches().Count);
        Assert.All(Watches(), watch => Assert.True(watch.ContainsKey("fieldSelector")));
    }

    private KubernetesLeaseStore Open(string leaseName, string leaseNamespace = StoreSetup.Namespace, int mostOwnWatches = 0) =>
        _shared.Open(new StoreSetup(_server).Connection, leaseNamespace, leaseName, mostOwnWatches);

    private IReadOnlyList<IQueryCollection> Watches() =>
        [.. _server.Requests.Where(request => request.Verb == "watch").Select(request => request.Query)];
}
