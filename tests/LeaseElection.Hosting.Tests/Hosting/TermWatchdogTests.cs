using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests;

[Collection(nameof(WholeProcess))]
public sealed class TermWatchdogTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ThreadPoolIsStarved_WorkIsToldAtItsDeadline()
    {
        await using var host = new ElectionHost(new FakeLeaseServer(TimeProvider.System), time: TimeProvider.System);
        host.AddElection(options =>
        {
            options.LeaseDuration = TimeSpan.FromSeconds(10);
            options.RenewDeadline = TimeSpan.FromSeconds(2);
            options.RetryPeriod = TimeSpan.FromSeconds(1);
            options.WhenWorkOverruns = WorkOverrunPolicy.Log;
        }).AddWork((_, _, _) => Task.CompletedTask);
        LeadershipTerm term = await host.StartAndLeadAsync();
        var clock = (ElectionClock)host.Host.Services.GetService(typeof(ElectionClock))!;
        using var told = new ManualResetEventSlim();
        ElectionTime at = default;
        term.Lost.UnsafeRegister(
            _ =>
            {
                at = clock.Now;
                told.Set();
            },
            null);

        using var starved = new StarvedPool();

        bool fired = told.Wait(Signal.Patience); // Blocks this thread too: nothing here may need the pool.
        TimeSpan late = at.Monotonic - term.Validity.Deadline;
        starved.Feed();

        Assert.True(fired);
        output.WriteLine($"Told {late.TotalMilliseconds:0.0} ms after the deadline.");

        // Some 10 ms on a machine that is not itself starved; half of the time that work has to stop, before another may lead, on one that
        // is. Without the watchdog it is when the pool has recovered, which here is never.
        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    /// <summary>Work that drains has been told already, and hears that its time is over: neither loop nor pool is needed for it.</summary>
    [Fact]
    public async Task Expired_OfATermThatDrains_IsTold()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        LeadershipTerm term = NewTerm(clock);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var running = new CancellationTokenSource();
        await using CancellationTokenRegistration told = running.Token.UnsafeRegister(_ => over.SetResult(), null);
        term.CancelWhenOver(running, over.SetException);
        watchdog.Watch(term, clock, () => { }, () => { });
        term.Cancel();
        Assert.False(over.Task.IsCompleted);

        time.Suspend(Deadline);

        await over.Task.WaitAsync(Signal.Patience);
    }

    /// <summary>A container's limit of threads: the term began and ended all the same, and the loop went on.</summary>
    [Fact]
    public async Task NoThreadCanBeStarted_ThePoolLooksUntilOneCan()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        var ended = new TaskCompletionSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // Not under the watchdog's lock.
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance, start: run =>
        {
            if (!ended.Task.IsCompleted)
                throw new InvalidOperationException();
            new Thread(run) { IsBackground = true }.UnsafeStart();
            started.SetResult();
        });
        watchdog.Watch(NewTerm(clock), clock, () => { }, ended.SetResult);

        time.Suspend(Deadline);
        await ended.Task.WaitAsync(Signal.Patience);
        await started.Task.WaitAsync(Signal.Patience);

        var next = new TaskCompletionSource();
        watchdog.Watch(NewTerm(clock), clock, () => { }, next.SetResult);
        time.Suspend(Deadline);
        await next.Task.WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task ClockJumps_LoopIsWokenThoughNoTimerFires()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        var woken = new TaskCompletionSource();
        LeadershipTerm term = NewTerm(clock);
        watchdog.Watch(term, clock, () => woken.TrySetResult(), () => { });

        time.JumpWall(TimeSpan.FromSeconds(2));

        await woken.Task.WaitAsync(Signal.Patience);
        Assert.False(term.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task MachineSlept_TermIsOverAndOthersAreNot()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        (LeadershipTerm first, LeadershipTerm forgotten, LeadershipTerm renewed) = (NewTerm(clock), NewTerm(clock), NewTerm(clock));
        watchdog.Watch(forgotten, clock, () => { }, () => { });
        watchdog.Lost(forgotten, atDeadline: true);
        renewed.Extend(new TermValidity(Deadline * 100, renewed.Validity.WallLead));
        watchdog.Watch(renewed, clock, () => { }, () => { });
        watchdog.Watch(first, clock, () => { }, () => { });

        time.Suspend(Deadline);

        await first.Lost.FiredAsync();
        Assert.False(forgotten.Lost.IsCancellationRequested);
        Assert.False(renewed.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task AnotherTermBeginsWhileTheOnlyOneEnds_IsWatched()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        LeadershipTerm next = NewTerm(clock);
        var looked = new TaskCompletionSource();
        var theirs = new ElectionClock(new LookedAtClock(() =>
        {
            watchdog.Watch(next, clock, () => { }, () => { });
            looked.TrySetResult();
        }));
        LeadershipTerm only = NewTerm(theirs);
        only.Extend(new TermValidity(TimeSpan.Zero, only.Validity.WallLead)); // Over at the first look.
        watchdog.Watch(only, theirs, () => { }, () => { });

        await looked.Task.WaitAsync(Signal.Patience);
        time.Suspend(Deadline);

        await next.Lost.FiredAsync();
    }

    /// <summary>The loop, which decides of it, has no thread: work may be what starves the pool.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WorkGoesOnAfterItsTerm_TheLastResortIsMadeUseOf(bool endsInTime)
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        using var asked = new SemaphoreSlim(0);
        using var acted = new ManualResetEventSlim();
        bool hasEnded = false;
        var last = new LastResort(TimeSpan.FromSeconds(5), HasEnded, acted.Set);
        LeadershipTerm term = NewTerm(clock);
        watchdog.Watch(term, clock, () => { }, () => { }, rescued: null, last);
        using var starved = new StarvedPool();

        time.Suspend(Deadline);
        time.Suspend(TimeSpan.FromSeconds(5));
        Look(2);
        Assert.False(acted.IsSet);
        Volatile.Write(ref hasEnded, endsInTime);
        if (endsInTime)
            Look(1);
        time.Suspend(TimeSpan.FromSeconds(10));

        bool did = acted.Wait(endsInTime ? TimeSpan.FromSeconds(1) : Signal.Patience);
        starved.Feed();
        Assert.Equal(!endsInTime, did);

        bool HasEnded()
        {
            asked.Release();
            return Volatile.Read(ref hasEnded);
        }

        void Look(int times)
        {
            for (int i = 0; i < times; i++)
                Assert.True(asked.Wait(Signal.Patience));
        }
    }

    /// <summary>Another holder was seen: it leads by now, and does not wait for a deadline.</summary>
    [Fact]
    public async Task WorkGoesOnBesideAnotherHolder_TheLastResortCountsFromTheLoss()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        var acted = new TaskCompletionSource();
        LeadershipTerm term = NewTerm(clock);
        watchdog.Watch(
            term, clock, () => { }, () => { }, rescued: null, new LastResort(TimeSpan.FromSeconds(5), () => false, acted.SetResult));

        watchdog.Lost(term, atDeadline: false);
        time.Advance(TimeSpan.FromSeconds(6));

        await acted.Task.WaitAsync(Signal.Patience);
    }

    /// <summary>The host has given up waiting for it and is gone, and the process has something else to do.</summary>
    [Fact]
    public async Task WorkGoesOnAfterItsHost_TheLastResortIsMadeUseOf()
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        var acted = new TaskCompletionSource();
        LeadershipTerm term = NewTerm(clock);
        watchdog.Watch(
            term, clock, () => { }, () => { }, rescued: null, new LastResort(TimeSpan.FromSeconds(5), () => false, acted.SetResult));

        watchdog.Lost(term, atDeadline: true);
        watchdog.Dispose();
        time.Advance(Deadline + TimeSpan.FromSeconds(6));

        await acted.Task.WaitAsync(Signal.Patience);
    }

    /// <summary>The pool is none to count on: whoever had no thread to tell work with has another try while anything is watched.</summary>
    [Fact]
    public void NoThreadWasToBeHad_TriesAgain()
    {
        bool toBeHad = false;
        using var told = new ManualResetEventSlim();
        var threads = new OwnThreads(
            work => new Thread(toBeHad ? work : throw new InvalidOperationException("No thread to be had.")).Start());
        using var starved = new StarvedPool();
        threads.Run("test", told.Set);
        var clock = new ElectionClock(new ManualTimeProvider());
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance, threads);

        Volatile.Write(ref toBeHad, true);
        watchdog.Watch(NewTerm(clock), clock, () => { }, () => { });

        Assert.True(told.Wait(Signal.Patience));
        starved.Feed();
    }

    [Fact]
    public void Dispose_WhileWatchingAndAfterwards_IsQuiet()
    {
        var clock = new ElectionClock(new ManualTimeProvider());
        var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        LeadershipTerm term = NewTerm(clock);
        watchdog.Watch(term, clock, () => { }, () => { });

        watchdog.Dispose();
        watchdog.Dispose();
        watchdog.Watch(NewTerm(clock), clock, () => { }, () => { });
        watchdog.Lost(term, atDeadline: true);
    }

    private static LeadershipTerm NewTerm(ElectionClock clock) => new(
        new ElectionIdentityCard("shop", "settlement", "me"),
        new TermFacts(0, DateTimeOffset.UnixEpoch, "1", null),
        TermValidity.From(clock.Now, Deadline),
        clock,
        (_, _, _) => Task.CompletedTask);

    /// <summary>It does something when the watchdog looks at it for the first time.</summary>
    private sealed class LookedAtClock(Action then) : TimeProvider
    {
        private Action? _then = then;

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name == "LeaseElection watchdog")
                Interlocked.Exchange(ref _then, null)?.Invoke();
            return 0;
        }
    }
}
