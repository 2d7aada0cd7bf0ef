using LeaseElection.Hosting.Brokers;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>Taking, holding, waiting for, losing and giving up one lease.</summary>
public sealed class LeaseBrokerTests : BrokerTest
{
    private readonly BrokerProcess _process;

    public LeaseBrokerTests() => _process = NewProcess();

    [Fact]
    public async Task TryAcquire_FreeLease_CostsOneReadAndOneWrite_AndOneWriteToGiveUp_AndNoWatch()
    {
        await using (HeldLease? held = await SoonAsync(_process.TryAsync()))
        {
            Assert.True(held!.Term.IsHeld);
            Assert.Equal("me", Server.Holder);
            Assert.Equal((1, 1, 0), (Server.Reads, Server.Written.Count, Server.OpenWatches));
        }

        Assert.Null(Server.Holder);
        Assert.Equal((1, 2, 0), (Server.Reads, Server.Written.Count, Server.OpenWatches));
    }

    [Fact]
    public async Task TryAcquire_ZeroAndHeldBySomebodyElse_IsNullAfterOneRead()
    {
        HoldBySomebodyElse();

        Assert.Null(await SoonAsync(_process.TryAsync()));

        Assert.Equal((1, 0, 0), (Server.Reads, Server.Written.Count, Server.OpenWatches));
    }

    [Fact]
    public async Task TryAcquire_ZeroAndHeldByThisProcess_IsNullAtOnceAndAsksNobody()
    {
        await using HeldLease? held = await SoonAsync(_process.TryAsync());

        Task<HeldLease?> second = _process.TryAsync();

        Assert.Null(await SoonAsync(second));
        Assert.Equal((1, 1), (Server.Reads, Server.Written.Count));
    }

    [Fact]
    public async Task TryAcquire_ZeroAndSomebodyElseIsFaster_IsNullAndNothingElseIsAsked()
    {
        _process.StoreOf("a").Next(FakeFault.Late);
        Task<HeldLease?> attempt = _process.TryAsync();
        await Server.UntilAsync(server => server.Reads == 1);
        HoldBySomebodyElse();
        _process.StoreOf("a").DeliverLate();

        Assert.Null(await SoonAsync(attempt));

        Assert.Equal((1, 0), (Server.Reads, Server.Written.Count));
    }

    [Fact]
    public async Task TryAcquire_ZeroAgainAndAgain_ObtainsADeadHoldersLeaseByTheFirstAttemptAfterItsTime()
    {
        HoldBySomebodyElse();
        Assert.Null(await SoonAsync(_process.TryAsync()));
        Time.Advance(LeaseDuration - TimeSpan.FromMilliseconds(1));
        Assert.Null(await SoonAsync(_process.TryAsync()));

        Time.Advance(TimeSpan.FromMilliseconds(1));

        await using HeldLease? held = await SoonAsync(_process.TryAsync());
        Assert.True(held!.Term.IsHeld);
    }

    /// <summary>An election on the same Lease may have counted; a lock that is abandoned a few times is an ordinary one.</summary>
    [Fact]
    public async Task TryAcquire_ManyTakeOversWithoutARelease_IsObtainedAsAlways_AndCountsNone()
    {
        HoldBySomebodyElse();
        string mark = NoteAnnotations.MarkOf(Server.Lease!.Record)!;
        Server.Annotate("term.leaseelection.dev/takeovers-without-release", mark + "8");
        Assert.Null(await SoonAsync(_process.TryAsync()));

        Time.Advance(LeaseDuration);

        await using HeldLease? held = await SoonAsync(_process.TryAsync());
        Assert.True(held!.Term.IsHeld);
        Assert.Empty(held.Term.Notes);
    }

    [Fact]
    public async Task TryAcquire_ZeroOnceALongWhile_ObtainsADeadHoldersLeaseBytheSecond()
    {
        HoldBySomebodyElse();
        Assert.Null(await SoonAsync(_process.TryAsync()));
        Time.Advance(TimeSpan.FromHours(5));

        await using HeldLease? held = await SoonAsync(_process.TryAsync());

        Assert.NotNull(held);
    }

    [Fact]
    public async Task TryAcquire_ZeroWhileTheHolderRenews_NeverObtainsIt()
    {
        for (int i = 0; i < 20; i++)
        {
            Server.Edit(record => record with { HolderIdentity = "other", LeaseDurationSeconds = 15, RenewTime = Time.GetUtcNow() });
            Assert.Null(await SoonAsync(_process.TryAsync()));
            Time.Advance(TimeSpan.FromSeconds(14));
        }
    }

    [Fact]
    public async Task TryAcquire_AWhileAndReleased_IsObtainedByTheWatch_WhichIsClosed()
    {
        HoldBySomebodyElse();
        Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromMinutes(1));
        await Server.UntilAsync(server => server.OpenWatches == 1);

        ReleaseBySomebodyElse();

        await using HeldLease? held = await SoonAsync(waiting);
        Assert.True(held!.Term.IsHeld);
        await Server.UntilAsync(server => server.OpenWatches == 0);
        Assert.Equal(1, Server.Reads);
    }

    [Fact]
    public async Task TryAcquire_AWhileAndNeverReleased_IsNullThenAndLeavesNothing()
    {
        HoldBySomebodyElse(seconds: 3600);
        Task<HeldLease?> waiting = _process.TryAsync(timeout: TimeSpan.FromSeconds(5));
        await Server.UntilAsync(server => server.OpenWatches == 1);

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await SoonAsync(waiting));
        await Server.UntilAsync(server => server.OpenWatches == 0);
        Assert.Empty(Server.Written);
    }

    [Fact]
    public async Task TryAcquire_AMillisecondThatPassesAmidTheAttempt_ObtainsWhatIsFree()
    {
        _process.StoreOf("a").Next(FakeFault.Late);
        Task<HeldLease?> attempt = _process.TryAsync(timeout: TimeSpan.FromMilliseconds(1));
        await Server.UntilAsync(server => server.Reads == 1);
        Time.Advance(TimeSpan.FromSeconds(1));
        _process.StoreOf("a").DeliverLate();

        await using HeldLease? held = await SoonAsync(attempt);

        Assert.True(held!.Term.IsHeld);
    }

    [Fact]
    public async Task Hold_ForAnHour_IsRenewedAndNeitherReadNorWatched()
    {
        await using HeldLease? held = await SoonAsync(_process.TryAsync());

        LeadershipTerm term = held!.Term;
        TimeSpan full = term.TimeLeft;
        for (int i = 0; i < 100; i++)
        {
            // That it was written is not enough: on a busy machine the next step would come before its answer, and make that too late.
            int written = Server.Written.Count;
            Time.Advance(TimeSpan.FromSeconds(3));
            await Polling.UntilAsync(() => Task.FromResult(Server.Written.Count > written && term.TimeLeft == full), Signal.Patience);
        }

        Assert.True(held.Term.IsHeld);
        Assert.False(held.Term.Lost.IsCancellationRequested);
        Assert.Equal((1, 0), (Server.Reads, Server.OpenWatches));
    }

    [Fact]
    public async Task Hold_SomebodyElseWritesTheLease_IsLostByTheNextRenewal()
    {
        await using HeldLease? held = await SoonAsync(_process.TryAsync());

        HoldBySomebodyElse();
        Time.Advance(TimeSpan.FromSeconds(3));

        await held!.Term.Lost.FiredAsync();
        Assert.False(held.Term.IsHeld);
        Assert.Equal(LogLevel.Warning, Assert.Single(_process.Logs.Named("LeadershipLost")).Level);
    }

    [Fact]
    public async Task Hold_StoreDoesNotAnswer_IsLostAtTheDeadline_AndAnswersAgain_ReleasedWhenDisposed()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        _process.StoreOf("a").All(FakeFault.Fail);

        Time.Advance(RenewDeadline);
        await held.Term.Lost.FiredAsync();
        Assert.False(held.Term.IsHeld);
        _process.StoreOf("a").All(FakeFault.None);
        await held.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task Lost_AndNotDisposed_OtherCallersOfTheProcessWaitUntilItIs()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        HoldBySomebodyElse();
        Time.Advance(TimeSpan.FromSeconds(3));
        await _process.Logs.WaitForAsync("LeadershipLost");
        ReleaseBySomebodyElse();

        Assert.Null(await SoonAsync(_process.TryAsync()));
        Task<HeldLease?> waiting = _process.WaitAsync();
        await held.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        await using HeldLease? second = await SoonAsync(waiting);
        Assert.True(second!.Term.IsHeld);
    }

    [Fact]
    public async Task Dispose_Returned_TheLeaseIsToBeHadByTheFirstAttempt()
    {
        for (int i = 0; i < 1_000; i++)
        {
            HeldLease? held = await SoonAsync(_process.TryAsync());
            Assert.NotNull(held);
            await held.DisposeAsync();
        }
    }

    [Fact]
    public async Task Dispose_FiresNothing_AndTheTermIsOver()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        await held.DisposeAsync();
        await held.DisposeAsync();

        Assert.False(held.Term.Lost.IsCancellationRequested);
        Assert.False(held.Term.IsHeld);
        Assert.Throws<LeadershipLostException>(held.Term.ThrowIfLost);
    }

    [Fact]
    public async Task Dispose_StoreDoesNotAnswer_ReturnsAfterTwoSecondsAndSaysSo()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        _process.StoreOf("a").All(FakeFault.Hang);

        Task disposing = held.DisposeAsync().AsTask();
        await Server.UntilAsync(server => server.RequestsUnderWay == 1);
        Time.Advance(TimeSpan.FromSeconds(2));
        await disposing.WaitAsync(Signal.Patience);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LogLevel.Warning, (await _process.Logs.WaitForAsync("NotReleased")).Level);
    }

    [Fact]
    public async Task Dispose_SomebodyElseHasTheLease_WritesNothing()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        HoldBySomebodyElse();

        await held.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        Assert.Equal("other", Server.Holder);
    }

    [Fact]
    public async Task Abandon_IsRenewedNoMore_AndThisProcessWaitsAsLongAsAllOthers()
    {
        HeldLease held = (await SoonAsync(_process.TryAsync()))!;
        Time.Advance(TimeSpan.FromSeconds(3));
        await Server.UntilAsync(server => server.Written.Count == 2);
        await _process.Logs.WaitForAsync("Renewed");

        held.Abandon();
        BrokerProcess other = NewProcess("other");
        Assert.Null(await SoonAsync(other.TryAsync()));
        await ((LeaseRun)held).Completion.WaitAsync(Signal.Patience); // Until then it would be null for another reason.
        Assert.Null(await SoonAsync(_process.TryAsync()));
        Time.Advance(LeaseDuration - TimeSpan.FromMilliseconds(1));
        Assert.Null(await SoonAsync(_process.TryAsync()));
        Assert.Equal(2, Server.Written.Count);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        await using HeldLease? second = await SoonAsync(_process.TryAsync());
        Assert.True(second!.Term.IsHeld);
        await held.Term.Lost.FiredAsync();
        Assert.False(held.Term.IsHeld);
        Assert.Equal(LogLevel.Warning, Assert.Single(_process.Logs.Named("LeaseAbandoned")).Level);
        Assert.DoesNotContain(_process.Logs.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Cancelled_WhileWaiting_ThrowsAndLeavesNothing()
    {
        HoldBySomebodyElse();
        using var cancelled = new CancellationTokenSource();
        Task<HeldLease?> waiting = _process.WaitAsync(cancellationToken: cancelled.Token);
        await Server.UntilAsync(server => server.OpenWatches == 1);

        await cancelled.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SoonAsync(waiting));
        Assert.Equal(cancelled.Token, thrown.CancellationToken);
        await Server.UntilAsync(server => server.OpenWatches == 0);
        ReleaseBySomebodyElse();
        Assert.Empty(Server.Written);
    }

    [Fact]
    public async Task Cancelled_WhileTheWriteIsUnderWay_GivesUpWhatItTook()
    {
        using var cancelled = new CancellationTokenSource();
        _process.StoreOf("a").Next(FakeFault.None, FakeFault.Late);
        Task<HeldLease?> waiting = _process.WaitAsync(cancellationToken: cancelled.Token);
        await Server.UntilAsync(server => server.Holder == "me");

        await cancelled.CancelAsync();
        _process.StoreOf("a").DeliverLate();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SoonAsync(waiting));
        Assert.Null(Server.Holder);
    }
}
