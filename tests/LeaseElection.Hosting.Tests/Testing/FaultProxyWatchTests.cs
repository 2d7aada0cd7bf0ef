using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Proxy;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the fault proxy does to watches.</summary>
public sealed class FaultProxyWatchTests : FaultProxyTest
{
    [Fact]
    public async Task SilenceWatches_UntilHealed_NothingIsTold()
    {
        await using WatchReader watch = await OpenAsync();
        Proxy.SilenceWatches();
        await ReplaceAsync(1);
        await ReplaceAsync(2);
        await Polling.UntilAsync(() => Task.FromResult(Proxy.Requests.EventsLost == 2), Patience);
        Proxy.Heal();
        await ReplaceAsync(3);

        // What came while it was silent is lost: the next event that is told is the next that happens.
        Assert.Equal(Held("a", 3), (await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record);
    }

    [Fact]
    public async Task CloseWatches_Open_EndsInGoodOrder()
    {
        await using WatchReader watch = await OpenAsync();

        Proxy.CloseWatches();

        Assert.True(await watch.EndsAsync());
        await Polling.UntilAsync(() => Task.FromResult(Proxy.Requests.WatchesOpen == 0), Patience);
    }

    [Fact]
    public async Task CloseWatchesAfter_NewOne_EndsByItself()
    {
        Proxy.CloseWatchesAfter(TimeSpan.Zero);

        await using WatchReader watch = new(Store, Lease.ResourceVersion, Patience);

        Assert.True(await watch.EndsAsync());
    }

    [Theory]
    [InlineData(WatchBreak.Gone, LeaseStoreErrorKind.Gone)]
    [InlineData(WatchBreak.Truncated, LeaseStoreErrorKind.Network)]
    [InlineData(WatchBreak.Garbage, LeaseStoreErrorKind.InvalidResponse)]
    internal async Task BreakWatches_Open_EachInItsWay(WatchBreak how, LeaseStoreErrorKind expected)
    {
        await using WatchReader watch = await OpenAsync();
        // One that has told nothing, and is told that its version is too old, begins again.
        await Store.ReplaceAsync(Lease, Lease.Record with { RenewTime = Lease.Record.RenewTime!.Value.AddSeconds(1) }, Patience, default);
        await watch.NextOfAnyKindAsync();

        Proxy.BreakWatches(how);

        LeaseWatchException exception = await Assert.ThrowsAsync<LeaseWatchException>(() => watch.NextOfAnyKindAsync());
        Assert.Equal(expected, exception.Error.Kind);
    }

    [Fact]
    public async Task Client_GoesAway_TheServersWatchEnds()
    {
        await (await OpenAsync()).DisposeAsync();

        await Polling.UntilAsync(() => Task.FromResult(Proxy.Requests.WatchesOpen == 0), Patience);
    }

    private async Task<WatchReader> OpenAsync()
    {
        var watch = new WatchReader(Store, Lease.ResourceVersion, Patience);
        await Polling.UntilAsync(() => Task.FromResult(Proxy.Requests.WatchesOpen == 1), Patience);
        return watch;
    }

    private async Task ReplaceAsync(int renewals) =>
        Lease = Found(await Store.ReplaceAsync(Lease, Held("a", renewals), Patience, default));
}
