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

    [Fact]
    public async Task RightMissing_Zero_IsSaidAtOnce()
    {
        _process.StoreOf("a").All(FakeFault.Forbid);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(_process.TryAsync()));

        Assert.Equal("Nobody knows who holds lease shop/a. The verb update is missing.", thrown.Message);
        Assert.Equal(1, Server.Requests);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(-1)]
    public async Task RightMissing_IsSaidWhenItHasBeenForTheRenewDeadline_HoweverLongTheCallerWouldWait(int milliseconds)
    {
        _process.StoreOf("a").All(FakeFault.Forbid);
        DateTimeOffset began = Time.GetUtcNow();
        Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromMilliseconds(milliseconds));

        await AdvanceUntilAsync(() => waiting.IsCompleted);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => waiting);
        Assert.Equal("Nobody knows who holds lease shop/a. The verb update is missing.", thrown.Message);
        Assert.InRange(Time.GetUtcNow() - began, RenewDeadline, TimeSpan.FromSeconds(55)); // Before the caller's time is up.
    }

    [Fact]
    public async Task RightMissing_AndTimeIsUpSooner_IsSaidThen_AndIsNotNull()
    {
        _process.StoreOf("a").All(FakeFault.Forbid);
        Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromSeconds(3));
        await Server.UntilAsync(server => server.Requests == 1);

        Time.Advance(TimeSpan.FromSeconds(3));

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(waiting));
        Assert.EndsWith("The verb update is missing.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_ByAServerThatHasJustStarted_IsObtainedWhenItKnowsWhatItGranted()
    {
        _process.StoreOf("a").Next(FakeFault.Forbid, FakeFault.Forbid, FakeFault.Forbid);
        Task<HeldLease?> waiting = _process.WaitAsync();
        await AdvanceUntilAsync(() => waiting.IsCompleted);

        await using HeldLease? held = await SoonAsync(waiting);

        Assert.True(held!.Term.IsHeld);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task NoAnswer_ToTheCallerAhead_IsSaidToWhoseTurnDoesNotCome(int milliseconds)
    {
        _process.StoreOf("a").All(FakeFault.Fail);
        using var cancelled = new CancellationTokenSource();
        Task<HeldLease?> ahead = _process.WaitAsync(cancellationToken: cancelled.Token);
        await _process.Logs.WaitForAsync("StoreFailed");

        Task<HeldLease?> behind = _process.TryAsync(timeout: TimeSpan.FromMilliseconds(milliseconds));
        await AdvanceUntilAsync(() => behind.IsCompleted);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => behind);
        Assert.Equal("Nobody knows who holds lease shop/a. The connection was refused.", thrown.Message);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SoonAsync(ahead));
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
