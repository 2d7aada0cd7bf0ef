using System.Collections.Concurrent;
using System.Diagnostics;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>A span for each renewal, every few seconds and for ever, would drown those of the app.</summary>
public sealed class NoHttpSpansTests
{
    [Fact]
    public async Task Requests_AppTracesHttpClients_LeaveNoSpan()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        await using KubernetesLeaseStore store = new StoreSetup(server).Create();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("server.port") is int port && port == server.Url.Port)
                    spans.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);

        Lease lease = await store.CreateLeaseAsync();
        await store.ReplaceAsync(lease, Held("a", 1), Patience, default);
        await store.ReadAsync(Patience, default);
        Assert.Equal(3, server.Requests.Count);
        Assert.Empty(spans);

        // The control: any other client leaves one, even if it does not trust the server.
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url));
        Assert.Single(spans);
    }
}
