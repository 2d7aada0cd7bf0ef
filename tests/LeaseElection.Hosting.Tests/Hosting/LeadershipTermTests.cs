using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

public sealed class LeadershipTermTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly ElectionClock _clock;

    public LeadershipTermTests() => _clock = new ElectionClock(_time);

    [Fact]
    public void IsHeld_NoTimerAndNoThreadRuns_FalseFromTheDeadlineOn()
    {
        LeadershipTerm term = NewTerm();

        _time.Advance(Deadline - Millisecond);
        Assert.True(term.IsHeld);
        Assert.InRange(term.TimeLeft, TimeSpan.FromTicks(1), 2 * Millisecond);

        _time.Advance(Millisecond * 1.001);
        Assert.False(term.IsHeld);
        Assert.Equal(TimeSpan.Zero, term.TimeLeft);
    }

    [Fact]
    public void IsHeld_Renewed_FromWhenTheRenewalWasSent()
    {
        LeadershipTerm term = NewTerm();
        _time.Advance(Deadline / 2);

        term.Extend(TermValidity.From(_clock.Now, Deadline));
        _time.Advance(Deadline - Millisecond);

        Assert.True(term.IsHeld);
    }

    [Fact]
    public void IsHeld_MachineSlept_False()
    {
        LeadershipTerm term = NewTerm();

        _time.Suspend(Deadline);

        Assert.False(term.IsHeld);
    }

    [Fact]
    public void IsHeld_WallClockRanAhead_FalseUntilRenewed()
    {
        LeadershipTerm term = NewTerm();

        _time.JumpWall(TimeSpan.FromSeconds(2));
        Assert.False(term.IsHeld);
        Assert.Equal(TimeSpan.Zero, term.TimeLeft);
        Assert.Throws<LeadershipLostException>(term.ThrowIfLost);

        term.Extend(TermValidity.From(_clock.Now, Deadline));
        Assert.True(term.IsHeld);
        term.ThrowIfLost();
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(-3600)]
    public void IsHeld_WallClockIsCorrectedALittleOrGoesBack_True(double seconds)
    {
        LeadershipTerm term = NewTerm();

        _time.JumpWall(TimeSpan.FromSeconds(seconds));

        Assert.True(term.IsHeld);
    }

    [Fact]
    public void IsHeld_Ended_FalseWhateverTheClockSays()
    {
        LeadershipTerm term = NewTerm();

        term.End();

        Assert.False(term.IsHeld);
        Assert.Equal(TimeSpan.Zero, term.TimeLeft);
        Assert.False(term.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ThrowIfLost_Lost_NamesLeaseAndTokenOfTheTerm()
    {
        LeadershipTerm term = NewTerm();
        term.End();

        var exception = Assert.Throws<LeadershipLostException>(term.ThrowIfLost);

        Assert.Contains("shop/settlement", exception.Message, StringComparison.Ordinal);
        Assert.Equal(term.Lost, exception.CancellationToken);
    }

    [Fact]
    public void Facts_AreThoseOfTheWriteThatBeganTheTerm()
    {
        LeadershipTerm term = NewTerm();

        _time.Advance(Deadline);

        Assert.Equal(("shop", "settlement", "me", 3), (term.LeaseNamespace, term.LeaseName, term.Identity, term.Transitions));
        Assert.Equal(DateTimeOffset.UnixEpoch, term.AcquiredAt);
        Assert.Equal(new FencingToken(7), term.FencingToken);
    }

    [Fact]
    public void FencingToken_None_ThrowsWithAdvice()
    {
        LeadershipTerm term = NewTerm(token: null);

        var exception = Assert.Throws<InvalidOperationException>(() => term.FencingToken);

        Assert.Contains("--bump-revision", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_CallbackBlocks_ReturnsAtOnceAndTheTokenHasFired()
    {
        LeadershipTerm term = NewTerm();
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        using CancellationTokenRegistration blocking = term.Lost.UnsafeRegister(
            _ =>
            {
                entered.SetResult();
                release.Wait();
            },
            null);

        term.Cancel(_ => { });
        await entered.Task.WaitAsync(Signal.Patience);

        Assert.True(term.Lost.IsCancellationRequested);
        release.Set();
    }

    [Fact]
    public async Task Cancel_CallbackThrows_TheOthersRunAndTheErrorIsHandedOver()
    {
        LeadershipTerm term = NewTerm();
        var error = new TaskCompletionSource<Exception>();
        bool other = false;
        using CancellationTokenRegistration first = term.Lost.Register(() => other = true);
        using CancellationTokenRegistration second = term.Lost.Register(() => throw new InvalidOperationException("no"));

        term.Cancel(error.SetResult);
        term.Cancel(_ => Assert.Fail("Told twice."));

        Assert.IsType<AggregateException>(await error.Task.WaitAsync(Signal.Patience));
        Assert.True(other);
    }

    [Fact]
    public void InDanger_Endangered_FiresUntilRenewed_AndIsNewThen()
    {
        LeadershipTerm term = NewTerm();
        CancellationToken first = term.InDanger;
        Assert.Equal(first, term.InDanger);

        term.Extend(TermValidity.From(_clock.Now, Deadline));
        Assert.Equal(first, term.InDanger);
        term.Endanger();
        Assert.True(first.IsCancellationRequested);
        Assert.Equal(first, term.InDanger);

        term.Extend(TermValidity.From(_clock.Now, Deadline));
        Assert.True(first.IsCancellationRequested);
        Assert.False(term.InDanger.IsCancellationRequested);
        Assert.False(term.Lost.IsCancellationRequested);
    }

    [Fact]
    public void InDanger_AskedForInDanger_HasFired()
    {
        LeadershipTerm term = NewTerm();

        term.Endanger(_ => Assert.Fail("Nobody has registered anything."));

        Assert.True(term.InDanger.IsCancellationRequested);
        term.Extend(TermValidity.From(_clock.Now, Deadline));
        Assert.False(term.InDanger.IsCancellationRequested);
    }

    [Fact]
    public async Task Endanger_CallbackBlocksAndReadsTheToken_ReturnsAtOnce_AndARenewalIsNotHeldUp()
    {
        LeadershipTerm term = NewTerm();
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource<bool>();
        using CancellationTokenRegistration blocking = term.InDanger.Register(() =>
        {
            entered.SetResult(term.InDanger.IsCancellationRequested);
            release.Wait();
        });

        term.Endanger(_ => { });
        Assert.True(await entered.Task.WaitAsync(Signal.Patience));
        term.Extend(TermValidity.From(_clock.Now, Deadline));

        Assert.False(term.InDanger.IsCancellationRequested);
        release.Set();
    }

    [Fact]
    public async Task Endanger_CallbackThrows_TheErrorIsHandedOver()
    {
        LeadershipTerm term = NewTerm();
        var error = new TaskCompletionSource<Exception>();
        using CancellationTokenRegistration registration = term.InDanger.Register(() => throw new InvalidOperationException("no"));

        term.Endanger(error.SetResult);

        Assert.IsType<AggregateException>(await error.Task.WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task InDanger_ReadByManyWhileItComesAndGoes_EveryTokenThatWasOutInADangerFires()
    {
        LeadershipTerm term = NewTerm();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<CancellationToken, bool>();
        using var done = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                seen.TryAdd(term.InDanger, true);
        }))];

        for (int i = 0; i < 2000; i++)
        {
            term.Endanger();
            term.Extend(TermValidity.From(_clock.Now, Deadline));
        }

        CancellationToken last = term.InDanger;
        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.All(seen.Keys, token => Assert.Equal(token != last, token.IsCancellationRequested));
    }

    private LeadershipTerm NewTerm() => NewTerm(new FencingToken(7));

    private LeadershipTerm NewTerm(FencingToken? token) => new(
        new ElectionIdentityCard("shop", "settlement", "me"),
        new TermFacts(3, DateTimeOffset.UnixEpoch, "7", token),
        TermValidity.From(_clock.Now, Deadline),
        _clock,
        (_, _, _) => Task.CompletedTask);
}
