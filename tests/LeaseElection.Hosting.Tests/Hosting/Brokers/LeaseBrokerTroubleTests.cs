using LeaseElection.Testing.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>What callers are told where leases cannot be read or written.</summary>
public sealed class LeaseBrokerTroubleTests : BrokerTest
{
    private readonly BrokerProcess _process;

    public LeaseBrokerTroubleTests() => _process = NewProcess();

    [Fact]
    public async Task NoAnswer_Zero_ThrowsTheStoresMessageAfterOneRequest()
    {
        _process.StoreOf("a").All(FakeFault.Fail);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(_process.TryAsync()));

        Assert.Equal("Nobody knows who holds lease shop/a. The connection was refused.", thrown.Message);
        Assert.DoesNotContain(_process.Logs.Entries, entry => entry.Level > LogLevel.Debug);
    }

    [Fact]
    public async Task NoAnswer_AWhile_IsTriedUntilThen_AndThrows()
    {
        _process.StoreOf("a").All(FakeFault.Fail);
        Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromSeconds(20));

        await AdvanceUntilAsync(() => waiting.IsCompleted);

        await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(waiting));
        Assert.NotEmpty(_process.Logs.Named("StoreFailedAgain"));
    }

    [Fact]
    public async Task NoAnswer_ForAWhile_IsObtainedWhenThereIsOneAgain()
    {
        _process.StoreOf("a").Next(FakeFault.Fail, FakeFault.Fail);
        Task<HeldLease?> waiting = _process.WaitAsync();
        await AdvanceUntilAsync(() => waiting.IsCompleted);

        await using HeldLease? held = await SoonAsync(waiting);

        Assert.True(held!.Term.IsHeld);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    [InlineData(-1)]
    public async Task RightMissing_IsSaidAtOnce_HoweverLongTheCallerWouldWait(int milliseconds)
    {
        _process.StoreOf("a").All(FakeFault.Forbid);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(
            () => SoonAsync(_process.TryAsync(timeout: TimeSpan.FromMilliseconds(milliseconds))));

        Assert.EndsWith("The verb update is missing.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RightToWriteMissing_IsSaidAtOnceToo()
    {
        _process.StoreOf("a").Next(FakeFault.None, FakeFault.Forbid);

        await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(_process.WaitAsync()));
    }

    [Fact]
    public async Task RightToWatchMissing_IsPolled_AndSaidOnce()
    {
        HoldBySomebodyElse(seconds: 3600);
        Server.DenyWatches();
        for (int i = 0; i < 3; i++)
        {
            Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromSeconds(5));
            await _process.Logs.WaitForAsync("WatchDenied", i + 1);
            await AdvanceUntilAsync(() => waiting.IsCompleted);
            Assert.Null(await waiting);
        }

        Assert.InRange(Server.Reads, 6, 12); // Every two seconds.
        Assert.Equal(1, _process.Logs.Named("WatchDenied").Count(entry => entry.Level == LogLevel.Warning));
    }

    [Fact]
    public async Task TakeOver_ReplyIsLost_Zero_IsGivenUpAndThrows()
    {
        _process.StoreOf("a").Next(FakeFault.None, FakeFault.LoseReply);

        await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(_process.TryAsync()));

        Assert.Null(Server.Holder);
        await using HeldLease? held = await SoonAsync(_process.TryAsync());
        Assert.True(held!.Term.IsHeld);
    }

    [Fact]
    public async Task Release_ReplyIsLostAndSoIsTheRest_IsKnownToBeOursByTheNextAttempt()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        _process.StoreOf("a").All(FakeFault.Fail);
        Task disposing = held.DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => _process.Logs.Named("Stopped").Count == 1);
        await disposing;
        Assert.Single(_process.Logs.Named("NotReleased"));
        _process.StoreOf("a").All(FakeFault.None);
        Assert.Equal("me", Server.Holder);

        await using HeldLease? second = await SoonAsync(_process.WaitAsync());

        Assert.True(second!.Term.FencingToken > held.Term.FencingToken);
    }
}
