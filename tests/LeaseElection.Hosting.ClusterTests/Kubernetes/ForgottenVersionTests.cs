using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Pods;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>
/// An API server remembers what has happened since its own start, and of that the last minute or two: from the version of an object that
/// was written before, it refuses to watch. Most Pods are such objects.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ForgottenVersionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly LeaseRecord Held = new()
    {
        HolderIdentity = "a",
        LeaseDurationSeconds = 3600,
        AcquireTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        LeaseTransitions = 0,
    };

    [ApiServerFact]
    public async Task ObjectsOlderThanTheServersMemory_AreWatchedAllTheSame()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        KubernetesConnection connection = server.ConnectAs(server.AdminToken);
        string space = await server.CreateNamespaceAsync();
        await using var kubelet = new TestKubelet(server, space, "worker-0");
        await kubelet.CreateAsync();
        await using var store = new KubernetesLeaseStore(
            connection, space, "settlement", TimeProvider.System, NullLogger<KubernetesLeaseStore>.Instance);
        Lease lease = Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default)).Lease;
        await server.CreateNamespaceAsync(); // Something is newer than both.
        await server.RestartAsync();

        await using var pods = new ApiServerPods(connection, TimeProvider.System, NullLogger<ApiServerPods>.Instance);
        using var limit = new CancellationTokenSource(Patience);
        await using IAsyncEnumerator<PodFacts?> told = pods.FollowAsync($"{space}/worker-0", limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await told.MoveNextAsync());
        Assert.Empty(told.Current!.Containers);
        ValueTask<bool> next = told.MoveNextAsync();
        await kubelet.TellAsync(TestKubelet.Running(TimeProvider.System.GetUtcNow()));
        Assert.True(await next);
        Assert.Single(told.Current.Containers);

        await using var watch = new WatchReader(store, lease.ResourceVersion, Patience);
        Assert.Equal(lease.ResourceVersion, (await watch.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Lease renewed = Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(
            lease, Held with { RenewTime = Held.RenewTime!.Value.AddSeconds(1) }, Patience, default)).Lease;
        Assert.Equal(renewed.ResourceVersion, (await watch.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }
}
