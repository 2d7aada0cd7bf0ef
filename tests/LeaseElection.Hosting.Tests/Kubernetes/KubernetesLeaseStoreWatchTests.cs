using System.Globalization;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.Tests.Kubernetes;

public sealed class KubernetesLeaseStoreWatchTests : IAsyncLifetime
{
    private FakeKubeApiServer _server = null!;
    private KubernetesLeaseStore _store = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _store = new StoreSetup(_server).Create();
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Watch_Query_OneLeaseWithBookmarksAndARandomEnd()
    {
        (LeaseWatch _, WatchReader reader) = await OpenAsync();
        await reader.DisposeAsync();

        RecordedRequest request = Assert.Single(_server.Requests, request => request.Verb == "watch");
        Assert.Equal("metadata.name=settlement", request.Query["fieldSelector"]);
        Assert.Equal("true", request.Query["allowWatchBookmarks"]);
        Assert.Equal("1001", request.Query["resourceVersion"]);
        Assert.InRange(int.Parse(request.Query["timeoutSeconds"]!, CultureInfo.InvariantCulture), 240, 300);
        Assert.False(request.Query.ContainsKey("timeout"));
    }

    [Fact]
    public async Task Watch_BesideRequests_NeverOnTheirConnection()
    {
        (LeaseWatch _, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;
        await _store.ReadAsync(Patience, default);

        ILookup<bool, string> connections = _server.Requests.ToLookup(request => request.Verb == "watch", request => request.ConnectionId);
        Assert.Empty(connections[true].Intersect(connections[false]));
    }

    [Fact]
    public async Task Watch_Bookmark_ToldWithItsVersion()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.Bookmark(5000);

        Assert.Equal(new LeaseEvent.Bookmark("5000"), await reader.NextOfAnyKindAsync());
    }

    [Fact]
    public async Task Watch_EndedByTheServer_EndsWithoutError()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.End();

        Assert.True(await reader.EndsAsync());
    }

    /// <summary>A lease that nobody writes for a minute or two has a version that a busy server no longer knows.</summary>
    [Fact]
    public async Task Watch_VersionIsForgotten_BeginsWithWhatThereIs()
    {
        Lease lease = await _store.CreateLeaseAsync();
        _server.Leases.Compact();
        await using var reader = new WatchReader(_store, "5", Patience);

        LeaseEvent.Changed told = await reader.NextAsync<LeaseEvent.Changed>();

        Assert.Equal(lease.ResourceVersion, told.Lease.ResourceVersion);
        Assert.True(told.HasGaps); // Others may have been before it: who led then is waited for.
        RecordedRequest[] watches = [.. _server.Requests.Where(request => request.Verb == "watch")];
        Assert.Equal(["5", null], watches.Select(watch => (string?)watch.Query["resourceVersion"]));
    }

    [Fact]
    public async Task Watch_RefusedWith410AgainAndAgain_Gone()
    {
        _server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 410 });
        _server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 410 });

        Assert.Equal(LeaseStoreErrorKind.Gone, (await BrokenAsync(_store, "1000")).Kind);
    }

    [Fact]
    public async Task Watch_NoSuchRight_ForbiddenNamesTheVerb()
    {
        _server.Users["limited"] = new FakeUser("limited", "get", "create", "update");
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { User = new ClusterUser { Token = TextSource.Inline("token", "limited") } }.Create();

        LeaseStoreError error = await BrokenAsync(store, "1000");

        Assert.Equal(LeaseStoreErrorKind.Forbidden, error.Kind);
        Assert.Contains("Not allowed to watch", error.Message, StringComparison.Ordinal);
        Assert.Contains("[get, create, update, watch]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ServerUnreachable_Network()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri("https://127.0.0.1:1") }.Create();

        Assert.Equal(LeaseStoreErrorKind.Network, (await BrokenAsync(store, "1000")).Kind);
    }

    [Fact]
    public async Task Watch_HeadersDoNotCome_Timeout()
    {
        ManualTimeProvider time = new();
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Time = time }.Create();
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });

        Task<LeaseStoreError> broken = BrokenAsync(store, "1000");
        await _server.ReceivedAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LeaseStoreErrorKind.Timeout, (await broken).Kind);
    }

    [Theory]
    [InlineData("no json at all\n")]
    [InlineData("[]\n")]
    [InlineData("null\n")]
    [InlineData("{}\n")]
    [InlineData("""{"type":"MODIFIED"}""" + "\n")]
    [InlineData("""{"type":"MODIFIED","object":null}""" + "\n")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"name":"settlement"}}}""" + "\n")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"name":"settlement","resourceVersion":"7"},"spec":{"renewTime":5}}}""" + "\n")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"name":"settl""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":"x"}}""" + "\n")]
    public async Task Watch_GarbageOrTruncatedLine_Throws(string sent)
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.Write(sent);
        watch.End();

        LeaseWatchException thrown = await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.InvalidResponse, thrown.Error.Kind);
    }

    [Fact]
    public async Task Watch_LineWithoutEnd_ThrowsAfterAMegabyte()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        for (int i = 0; i < 40; i++)
            watch.Write(new string('x', 32 * 1024));

        LeaseWatchException thrown = await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.InvalidResponse, thrown.Error.Kind);
    }

    [Fact]
    public async Task Watch_ErrorEvent_ItsStatusDecides()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.Write("""{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd is away"}}""" + "\n");

        LeaseWatchException thrown = await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.ServerError, thrown.Error.Kind);
        Assert.Contains("etcd is away", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ConnectionCut_Network()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.Abort();

        LeaseWatchException thrown = await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.Network, thrown.Error.Kind);
    }

    [Fact]
    public async Task Watch_LineInPiecesAndLinesInOnePiece_AllTold()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;
        string first = Line("2001", "b");

        foreach (char c in first)
            watch.Write(c.ToString());
        watch.Write(Line("2002", "c") + Line("2003", "ü") + Line("2004", "e")[..30]);
        watch.Write(Line("2004", "e")[30..]);

        foreach (string holder in (string[])["b", "c", "ü", "e"])
            Assert.Equal(holder, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.Record.HolderIdentity);
    }

    [Fact]
    public async Task Watch_AnotherLeaseOrATypeOfTheFuture_PassedOver()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();
        await using WatchReader disposed = reader;

        watch.Write(Line("2001", "b").Replace("settlement", "another", StringComparison.Ordinal));
        watch.Write(Line("2002", "c").Replace("MODIFIED", "RENAMED", StringComparison.Ordinal));
        watch.Write(Line("2003", "d"));

        Assert.Equal("d", (await reader.NextAsync<LeaseEvent.Changed>()).Lease.Record.HolderIdentity);
    }

    [Fact]
    public async Task Watch_CancelledWhileSilent_ConnectionIsClosedAtOnce()
    {
        (LeaseWatch watch, WatchReader reader) = await OpenAsync();

        await reader.CancelAsync();
        await reader.EndsAsync();

        // The server notices by itself: its side of the watch ends with the connection.
        await watch.Closed.WaitAsync(Patience);
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task Watch_LeftInTheMiddle_ConnectionIsClosed()
    {
        Lease lease = await _store.CreateLeaseAsync();
        await _store.ReplaceAsync(lease, Held("a", 1), Patience, default);

        await foreach (LeaseEvent leaseEvent in _store.WatchAsync(lease.ResourceVersion, default))
        {
            Assert.IsType<LeaseEvent.Changed>(leaseEvent);
            break;
        }

        await _server.Leases.LastWatch!.Closed.WaitAsync(Patience);
    }

    [Fact]
    public async Task Watch_TokenRotated_OpensWithTheNewOne()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, "old");
        _server.Users["old"] = new FakeUser("app", "*");
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { User = new ClusterUser { Token = TextSource.FromFile(file) } }.Create();
        Lease lease = await store.CreateLeaseAsync();
        await File.WriteAllTextAsync(file, "new");
        Assert.True(_server.Users.TryRemove("old", out FakeUser? user));
        _server.Users["new"] = user;

        await using var reader = new WatchReader(store, lease.ResourceVersion, Patience);
        await store.ReplaceAsync(lease, Held("a", 1), Patience, default);

        await reader.NextAsync<LeaseEvent.Changed>();
    }

    private static string Line(string version, string holder) =>
        """{"type":"MODIFIED","object":{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","""
        + $$$"""
            "metadata":{"name":"settlement","namespace":"default","uid":"u","resourceVersion":"{{{version}}}"},"spec":{"holderIdentity":"{{{holder}}}"} } }
            """
        + "\n";

    private static async Task<LeaseStoreError> BrokenAsync(KubernetesLeaseStore store, string version)
    {
        await using var reader = new WatchReader(store, version, Patience);
        return (await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync)).Error;
    }

    /// <summary>A watch that has already told something, so that both ends are known to be there.</summary>
    private async Task<(LeaseWatch Watch, WatchReader Reader)> OpenAsync()
    {
        Lease lease = await _store.CreateLeaseAsync();
        var reader = new WatchReader(_store, lease.ResourceVersion, Patience);
        await _store.ReplaceAsync(lease, Held("a", 1), Patience, default);
        await reader.NextAsync<LeaseEvent.Changed>();
        return (_server.Leases.LastWatch!, reader);
    }
}
