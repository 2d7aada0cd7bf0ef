using System.Collections.Concurrent;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Requests without an answer.</summary>
public sealed class KubernetesLeaseStoreFaultTests : IAsyncLifetime
{
    /// <summary>What is left of a term is no round number, and is told as one.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1.828);

    private readonly ManualTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Read_NoAnswer_FailedTimeoutAndTheNextOneHasANewConnection()
    {
        StoreSetup setup = new(_server) { Time = _time };
        await using KubernetesLeaseStore store = setup.Create();
        await store.ReadAsync(Patience, default);
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });

        LeaseReply reply = await TimedOutAsync(store.ReadAsync(Short, default), requests: 2);
        Failed(LeaseStoreErrorKind.Timeout, reply);
        Assert.Contains(" did not answer within 1.8 s. ", ((LeaseReply.Failed)reply).Error.Message, StringComparison.Ordinal);
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        string[] connections = [.. _server.Requests.Select(request => request.ConnectionId)];
        Assert.Equal(connections[0], connections[1]);
        Assert.NotEqual(connections[1], connections[2]);
        // HTTP/1.1 would have closed the connection anyway; that its handler went too shows here only.
        Assert.Single(setup.Logger.Lines, line => line.Id.Name == "ConnectionReplaced");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replace_NoAnswer_UnknownWhateverBecameOfIt(bool afterCommit)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Time = _time }.Create();
        Lease lease = await store.CreateLeaseAsync();
        await using var watch = new LeaseElection.Testing.Contracts.LeaseWatchReader(store, lease.ResourceVersion, Patience);
        _server.Faults.Add(new Fault { Verb = "update", Kind = FaultKind.Hang, AfterCommit = afterCommit });

        Task<LeaseReply> replacing = store.ReplaceAsync(lease, Held("a", 1), Short, default);
        if (afterCommit)
            await watch.NextAsync<LeaseEvent.Changed>();
        Unknown(LeaseStoreErrorKind.Timeout, await TimedOutAsync(replacing, requests: 3));

        Lease now = Found(await store.ReadAsync(Patience, default));
        Assert.Equal(afterCommit, now.ResourceVersion != lease.ResourceVersion);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replace_ConnectionCut_UnknownAndSentOnce(bool afterCommit)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(new Fault { Verb = "update", Kind = FaultKind.Reset, AfterCommit = afterCommit });

        Unknown(LeaseStoreErrorKind.Network, await store.ReplaceAsync(lease, Held("a", 1), Patience, default));

        Assert.Single(_server.Requests, request => request.Verb == "update");
    }

    [Fact]
    public async Task Write_ReusedConnectionClosedWithoutAnAnswer_UnknownAndSentOnce()
    {
        // What a server does that shuts down. Kestrel cannot be made to do it.
        var requests = new ConcurrentQueue<string>();
        await using var server = new RawApiServer(request =>
        {
            requests.Enqueue(request.Method);
            return request.IsWrite
                ? new RawAnswer([]) { Closes = true }
                : RawAnswer.Json(404, """{"kind":"Status","code":404,"reason":"NotFound","details":{"kind":"leases"}}""");
        });
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { Url = server.Url, Authority = TextSource.Inline("ca", server.AuthorityPem) }.Create();
        await store.ReadAsync(Patience, default);

        // A GET would be sent again by SocketsHttpHandler itself. A write must not: had it been carried out, it would conflict with itself.
        Unknown(LeaseStoreErrorKind.Network, await store.CreateAsync(Held("a"), Patience, default));

        Assert.Equal(["GET", "POST"], requests);
    }

    [Fact]
    public async Task Create_CutAfterCommit_UnknownAndThere()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(new Fault { Verb = "create", Kind = FaultKind.Reset, AfterCommit = true });

        Unknown(LeaseStoreErrorKind.Network, await store.CreateAsync(Held("a"), Patience, default));

        Assert.Equal("a", Found(await store.ReadAsync(Patience, default)).Record.HolderIdentity);
    }

    [Fact]
    public async Task Request_CancelledWhileWaiting_ThrowsAndTheNextOneWorks()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        using var cancellation = new CancellationTokenSource();
        Task<LeaseReply> reading = store.ReadAsync(Patience, cancellation.Token);

        await cancellation.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        _server.Faults.Clear();
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Request_NoTimeLeft_TimeoutWithoutThrowing()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();

        Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.Zero, default));
        Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.FromSeconds(-1), default));
        // Nothing was sent, so that even a write certainly had no effect.
        Failed(LeaseStoreErrorKind.Timeout, await store.CreateAsync(Held("a"), TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Timeout_WithAWatchOpen_WatchGoesOn()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Time = _time }.Create();
        Lease lease = await store.CreateLeaseAsync();
        await using var watch = new LeaseElection.Testing.Contracts.LeaseWatchReader(store, lease.ResourceVersion, Patience);
        lease = Found(await store.ReplaceAsync(lease, Held("a", 1), Patience, default));
        await watch.NextAsync<LeaseEvent.Changed>();
        _server.Faults.Add(new Fault { Verb = "get", Kind = FaultKind.Hang });

        Failed(LeaseStoreErrorKind.Timeout, await TimedOutAsync(store.ReadAsync(Short, default), requests: 4));
        await store.ReplaceAsync(lease, Held("a", 2), Patience, default);

        Assert.Equal(Held("a", 2), (await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record);
        Assert.Single(_server.Requests, request => request.Verb == "watch");
    }

    /// <summary>
    /// Lets the time of a request pass that stands still until then: not before the server has met it, and so many with it, or a busy
    /// machine would decide what had happened by then.
    /// </summary>
    private async Task<LeaseReply> TimedOutAsync(Task<LeaseReply> request, int requests)
    {
        await _server.ReceivedAsync(requests);
        _time.Advance(Short);
        return await request.WaitAsync(Patience);
    }
}
