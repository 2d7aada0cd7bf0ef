using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using Microsoft.AspNetCore.Http;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>One watch for many leases: each reader is told of its own lease what it does not know, and of nothing else.</summary>
public sealed class NamespaceWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2.1);

    private readonly ManualTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;
    private SharedLeases _shared = null!;
    private int _renewals;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _shared = new StoreSetup(_server) { Time = _time }.CreateShared();
    }

    public async Task DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Watch_OfManyLeases_OneOfTheNamespaceAndEachIsToldItsOwn()
    {
        KubernetesLeaseStore[] stores = [.. Enumerable.Range(0, 20).Select(i => Open($"orders-{i}"))];
        Lease[] leases = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        LeaseWatchReader[] readers =
        [
            .. stores.Zip(leases, (store, lease) => new LeaseWatchReader(store, lease.ResourceVersion, Patience))
        ];

        Lease[] next = new Lease[stores.Length];
        for (int i = 0; i < stores.Length; i++)
            next[i] = Found(await stores[i].ReplaceAsync(leases[i], Held("a", 1), Patience, default));

        for (int i = 0; i < stores.Length; i++)
            Assert.Equal(next[i].ResourceVersion, (await readers[i].NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.All(Watches(), watch => Assert.False(watch.ContainsKey("fieldSelector")));
        Assert.InRange(Watches().Count, 1, 10); // Again for each that comes with an older version than any before.
        foreach (LeaseWatchReader reader in readers)
            await reader.DisposeAsync();
    }

    [Fact]
    public async Task Watch_JoinedLater_ToldWhatChangedBeforeAndNotWhatIsKnown()
    {
        KubernetesLeaseStore first = Open("first");
        KubernetesLeaseStore second = Open("second");
        Lease lease = await first.CreateLeaseAsync();
        Lease known = await second.CreateLeaseAsync();
        await using LeaseWatchReader reader = new(first, lease.ResourceVersion, Patience);
        Lease missed = await RenewAsync(second, known, 1);
        await RenewAsync(first, lease, 1);
        await reader.NextAsync<LeaseEvent.Changed>();

        await using LeaseWatchReader late = new(second, known.ResourceVersion, Patience);
        LeaseEvent.Changed told = await late.NextAsync<LeaseEvent.Changed>();
        Assert.Equal(missed.ResourceVersion, told.Lease.ResourceVersion);
        Assert.True(told.HasGaps); // There may have been others before it.
        await late.CancelAsync();
        await late.EndsAsync();

        await using LeaseWatchReader again = new(second, missed.ResourceVersion, Patience);
        Lease news = await RenewAsync(second, missed, 2);
        Assert.Equal(news.ResourceVersion, (await again.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }

    [Fact]
    public async Task Watch_ServerEndsIt_GoesOnWhereItWasAndNobodyIsTold()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
        lease = await RenewAsync(store, lease, 1);
        await reader.NextAsync<LeaseEvent.Changed>();
        _time.Advance(TimeSpan.FromMinutes(4));

        _server.Leases.LastWatch!.End();
        lease = await RenewAsync(store, lease, 2);

        Assert.Equal(lease.ResourceVersion, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.True(Watches()[^1].ContainsKey("resourceVersion"));
    }

    [Fact]
    public async Task Watch_ServerEndsItAtOnce_ReadersEndAndComeBackAtTheirOwnPace()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
        await RenewAsync(store, lease, 1);
        await reader.NextAsync<LeaseEvent.Changed>();

        _server.Leases.LastWatch!.End();

        Assert.True(await reader.EndsAsync());
        Assert.Single(Watches());
    }

    [Fact]
    public async Task Watch_Breaks_AllReadersAreToldAndTheNextBeginsAnew()
    {
        KubernetesLeaseStore[] stores = [Open("first"), Open("second")];
        Lease[] leases = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        await using LeaseWatchReader first = new(stores[0], leases[0].ResourceVersion, Patience);
        await using LeaseWatchReader second = new(stores[1], leases[1].ResourceVersion, Patience);
        await RenewAsync(stores[0], leases[0], 1);
        await first.NextAsync<LeaseEvent.Changed>();

        _server.Leases.LastWatch!.Abort();

        foreach (LeaseWatchReader reader in new[] { first, second })
            Assert.Equal(
                LeaseStoreErrorKind.Network, (await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync)).Error.Kind);
        await using LeaseWatchReader again = new(stores[1], leases[1].ResourceVersion, Patience);
        Lease news = await RenewAsync(stores[1], leases[1], 1);
        Assert.Equal(news.ResourceVersion, (await again.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Equal(leases[1].ResourceVersion, (string?)Watches()[^1]["resourceVersion"]);
    }

    [Fact]
    public async Task Watch_VersionThatTheServerKnowsNoMore_BeginsWithWhatThereIs()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        Lease missed = await RenewAsync(store, lease, 1);
        _server.Leases.Compact();

        await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);

        Assert.Equal(missed.ResourceVersion, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Equal(2, Watches().Count);
        Assert.False(Watches()[1].ContainsKey("resourceVersion"));
    }

    [Fact]
    public async Task Watch_JoinedWithAnOlderVersion_BeginsAgainThere()
    {
        KubernetesLeaseStore first = Open("first");
        KubernetesLeaseStore second = Open("second");
        Lease known = await second.CreateLeaseAsync();
        Lease lease = await first.CreateLeaseAsync();
        await using LeaseWatchReader reader = new(first, lease.ResourceVersion, Patience);
        lease = await RenewAsync(first, lease, 1);
        await reader.NextAsync<LeaseEvent.Changed>();
        _server.Leases.Delete(StoreSetup.Namespace, "second");

        await using LeaseWatchReader late = new(second, known.ResourceVersion, Patience);

        await late.NextAsync<LeaseEvent.Deleted>();
        lease = await RenewAsync(first, lease, 2);
        Assert.Equal(lease.ResourceVersion, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }

    [Fact]
    public async Task Watch_Refused_EachLeaseIsWatchedOnItsOwn()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Status = 403 });
        await EndsAndGoesOnAloneAsync(store, lease);
    }

    [Fact]
    public async Task Watch_RefusedByAServerThatHasOnlyJustStarted_OneForAllAgainLater()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Status = 403 });
        lease = await EndsAndGoesOnAloneAsync(store, lease);

        _time.Advance(TimeSpan.FromSeconds(10));
        await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
        Lease news = await RenewAsync(store, lease, 2);

        Assert.Equal(news.ResourceVersion, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.False(Watches()[^1].ContainsKey("fieldSelector"));
    }

    [Fact]
    public async Task Watch_RefusedAgainAndAgain_AskedForEachTimeLater()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        foreach (int seconds in (int[])[10, 20, 40, 80, 160, 320, 600, 600])
        {
            _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Status = 403 });
            lease = await EndsAndGoesOnAloneAsync(store, lease);
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            lease = await GoesOnAloneAsync(store, lease);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Watch_NamespaceFullOfOthersLeases_EachLeaseIsWatchedOnItsOwn()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        for (int i = 0; i < 5; i++)
        {
            _server.Leases.Create(StoreSetup.Namespace, (JsonObject)JsonNode.Parse(
                $$$"""{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "node-{{{i}}}" } }""")!);
        }

        await EndsAndGoesOnAloneAsync(store, lease);
    }

    [Fact]
    public async Task Watch_JoinedAfterSilence_OpenedAnewForAll()
    {
        KubernetesLeaseStore[] stores = [Open("first"), Open("second")];
        Lease[] leases = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        await using LeaseWatchReader first = new(stores[0], leases[0].ResourceVersion, Patience);
        Lease renewed = await RenewAsync(stores[0], leases[0], 1);
        await first.NextAsync<LeaseEvent.Changed>();
        LeaseWatch dead = _server.Leases.LastWatch!;
        _server.Leases.Close(dead); // Nothing is told over it from here on, and the connection lives.

        _time.Advance(Silence);
        await using LeaseWatchReader second = new(stores[1], leases[1].ResourceVersion, Patience);
        renewed = await RenewAsync(stores[0], renewed, 2);

        Assert.Equal(renewed.ResourceVersion, (await first.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Equal(leases[0].ResourceVersion, (string?)Watches()[^2]["resourceVersion"]);
        Assert.NotEqual(leases[0].ResourceVersion, (string?)Watches()[^1]["resourceVersion"]);
    }

    /// <summary>
    /// A backup of etcd was restored: the watch goes on from a version that is yet to come and is never told anything, and what it has told
    /// is no longer so. It was told again to whoever had just read what is.
    /// </summary>
    [Fact]
    public async Task Watch_JoinedAfterSilenceWithAnOlderVersionThanTold_BeginsThereAndForgetsTheRest()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        await using LeaseWatchReader first = new(store, lease.ResourceVersion, Patience);
        await RenewAsync(store, lease, 1);
        await first.NextAsync<LeaseEvent.Changed>();
        _server.Leases.Close(_server.Leases.LastWatch!);
        _time.Advance(Silence);

        await using LeaseWatchReader back = new(store, lease.ResourceVersion, Patience);

        Assert.False((await back.NextAsync<LeaseEvent.Changed>()).HasGaps); // Told by the server, and not from memory.
        Assert.Equal(2, Watches().Count);
        Assert.Equal(lease.ResourceVersion, (string?)Watches()[^1]["resourceVersion"]);
    }

    /// <summary>
    /// Of ours its election reads it, and is told what is wrong with it: no reason for hundreds of others to read theirs.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_LeaseThatCannotBeRead_IsPassedOver(bool isOurs)
    {
        KubernetesLeaseStore store = Open("orders");
        if (isOurs)
            Open("node");
        Lease lease = await store.CreateLeaseAsync();
        await using LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
        _server.Leases.Create(StoreSetup.Namespace, (JsonObject)JsonNode.Parse(
            """
            { "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "node" }, "spec": { "renewTime": "0000-01-01T00:00:00.000000Z" } }
            """)!);

        lease = await RenewAsync(store, lease, 1);

        Assert.Equal(lease.ResourceVersion, (await reader.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Single(Watches());
    }

    /// <summary>It has begun after what he does not know, and nothing was told of his lease since.</summary>
    [Fact]
    public async Task Watch_JoinedInSilenceFromBeforeItsBeginning_TellsWhatHappenedBetween()
    {
        KubernetesLeaseStore[] stores = [Open("first"), Open("second")];
        Lease[] leases = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        Lease news = await RenewAsync(stores[0], leases[0], 1);
        Lease other = await RenewAsync(stores[1], leases[1], 1);
        await using LeaseWatchReader second = new(stores[1], other.ResourceVersion, Patience);
        await RenewAsync(stores[1], other, 2);
        await second.NextAsync<LeaseEvent.Changed>();
        _time.Advance(Silence);

        await using LeaseWatchReader first = new(stores[0], leases[0].ResourceVersion, Patience);

        Assert.Equal(news.ResourceVersion, (await first.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }

    [Fact]
    public async Task Watch_JoinedWhileItOpensSlowly_NotOpenedAgain()
    {
        KubernetesLeaseStore[] stores = [Open("first"), Open("second"), Open("third")];
        Lease[] leases = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        Lease oldest = leases.MinBy(lease => long.Parse(lease.ResourceVersion, CultureInfo.InvariantCulture))!;
        _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Hang });
        await using LeaseWatchReader first = new(stores[0], oldest.ResourceVersion, Patience);
        await _server.ReceivedAsync(4);

        _time.Advance(Silence);
        await using LeaseWatchReader second = new(stores[1], leases[1].ResourceVersion, Patience);
        _time.Advance(TimeSpan.FromSeconds(3)); // It has not been opened within 5 s.
        Assert.Equal(
            LeaseStoreErrorKind.Timeout, (await Assert.ThrowsAsync<LeaseWatchException>(second.NextOfAnyKindAsync)).Error.Kind);

        await using LeaseWatchReader third = new(stores[2], leases[2].ResourceVersion, Patience);
        Lease news = await RenewAsync(stores[2], leases[2], 1);
        Assert.Equal(news.ResourceVersion, (await third.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Equal(2, Watches().Count);
    }

    [Fact]
    public async Task Watch_LastReaderLeaves_Closed()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience);
        await RenewAsync(store, lease, 1);
        await reader.NextAsync<LeaseEvent.Changed>();

        await reader.DisposeAsync();

        await _server.Leases.LastWatch!.Closed.WaitAsync(Patience);
    }

    /// <summary>Hundreds do so at once when they become leader.</summary>
    [Fact]
    public async Task Watch_ReaderIsCancelled_EndsWithoutAnException()
    {
        KubernetesLeaseStore store = Open("orders");
        Lease lease = await store.CreateLeaseAsync();
        using var unwanted = new CancellationTokenSource();
        await using IAsyncEnumerator<LeaseEvent> events =
            store.WatchAsync(lease.ResourceVersion!, unwanted.Token).GetAsyncEnumerator(CancellationToken.None);
        Task<bool> next = events.MoveNextAsync().AsTask();

        await unwanted.CancelAsync();

        Assert.False(await next.WaitAsync(Patience));
    }

    private KubernetesLeaseStore Open(string leaseName) =>
        _shared.Open(new StoreSetup(_server).Connection, StoreSetup.Namespace, leaseName, mostOwnWatches: 0);

    /// <summary>The watch in common ends, and the lease has one of its own from then on.</summary>
    private async Task<Lease> EndsAndGoesOnAloneAsync(KubernetesLeaseStore store, Lease lease)
    {
        await using (LeaseWatchReader reader = new(store, lease.ResourceVersion, Patience))
            Assert.True(await reader.EndsAsync());

        return await GoesOnAloneAsync(store, lease);
    }

    private async Task<Lease> GoesOnAloneAsync(KubernetesLeaseStore store, Lease lease)
    {
        await using LeaseWatchReader own = new(store, lease.ResourceVersion, Patience);
        Lease news = await RenewAsync(store, lease, ++_renewals);

        Assert.Equal(news.ResourceVersion, (await own.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        Assert.Equal("metadata.name=orders", (string?)Watches()[^1]["fieldSelector"]);
        return news;
    }

    private IReadOnlyList<IQueryCollection> Watches() =>
        [.. _server.Requests.Where(request => request.Verb == "watch").Select(request => request.Query)];

    private static async Task<Lease> RenewAsync(KubernetesLeaseStore store, Lease lease, int renewals) =>
        Found(await store.ReplaceAsync(lease, Held("a", renewals), Patience, default));
}
