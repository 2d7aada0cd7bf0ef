using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The time of one request after the other.</summary>
public sealed class TimeoutSourceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Request_EndsWhenItsTimeIsOverAndNotBefore()
    {
        using var source = new TimeoutSource(_time);

        source.Begin(Second);
        _time.Advance(Second - Tick);
        Assert.False(source.IsOver);
        _time.Advance(Tick);

        Assert.True(source.IsOver);
        Assert.True(source.Token.IsCancellationRequested);
        Assert.False(source.TryEnd());
    }

    [Fact]
    public void NextRequest_HasAllItsTime()
    {
        using var source = new TimeoutSource(_time);
        source.Begin(Second);
        _time.Advance(Second - Tick);
        Assert.True(source.TryEnd());
        _time.Advance(Second);

        source.Begin(2 * Second);
        _time.Advance((2 * Second) - Tick);
        Assert.False(source.IsOver);
        _time.Advance(Tick);

        Assert.True(source.IsOver);
    }

    [Fact]
    public void BetweenRequests_NoTimerIsArmed()
    {
        using var source = new TimeoutSource(_time);
        Assert.Equal(0, _time.ArmedTimers);
        source.Begin(Second);
        Assert.Equal(1, _time.ArmedTimers);
        source.TryEnd();

        Assert.Equal((0, 1), (_time.ArmedTimers, _time.Timers));
        source.Dispose();
        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void Timer_FiresLate_NextRequestIsNotEndedForIt()
    {
        var time = new OneTimer();
        using var source = new TimeoutSource(time);
        source.Begin(Second);
        time.Elapsed = Second;
        source.TryEnd(); // Its answer came just then, and the timer is about to fire.

        time.Fire();
        source.Begin(Second);
        time.Elapsed += Second - Tick;
        time.Fire();
        Assert.False(source.IsOver);
        Assert.Equal(Tick, time.DueIn); // Set to the rest, whatever it was set to.
        time.Elapsed += Tick;
        time.Fire();

        Assert.True(source.IsOver);
    }

    [Fact]
    public void Timer_FiresAHairTooEarly_RequestIsOver()
    {
        var time = new OneTimer();
        using var source = new TimeoutSource(time);
        source.Begin(Second);
        time.Elapsed = Second - TimeSpan.FromTicks(1);

        time.Fire();

        Assert.True(source.IsOver);
    }

    [Fact]
    public void Clock_StandsStill_RequestIsOverAllTheSame()
    {
        var time = new OneTimer();
        using var source = new TimeoutSource(time);
        source.Begin(Second);

        time.Fire();
        Assert.False(source.IsOver);
        time.Fire();

        Assert.True(source.IsOver);
    }

    [Fact]
    public void GivenUp_NoOtherBegins()
    {
        using var source = new TimeoutSource(_time);
        source.Begin(Second);

        source.GiveUp();

        Assert.True(source.IsOver);
        Assert.False(source.TryEnd());
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NoTimeLeft_IsOverAtOnce(int seconds)
    {
        using var source = new TimeoutSource(_time);

        source.Begin(TimeSpan.FromSeconds(seconds));

        Assert.True(source.IsOver);
        Assert.False(source.TryEnd());
    }

    [Fact]
    public void Timer_KeepsNothingOfWhoeverSentTheFirstRequest()
    {
        var context = new AsyncLocal<string?> { Value = "of the first request" };
        string? seen = "nobody looked";
        using var source = new TimeoutSource(TimeProvider.System);
        context.Value = null;
        using var over = new ManualResetEventSlim();
        using CancellationTokenRegistration _ = source.Token.UnsafeRegister(
            _ =>
            {
                seen = context.Value;
                over.Set();
            },
            null);

        source.Begin(Tick);

        Assert.True(over.Wait(Signal.Patience));
        Assert.Null(seen);
    }

    [Fact]
    public async Task AnsweredAsItsTimeIsOver_BeginsAgainOnlyIfItIsNeverOver()
    {
        int reused = 0;
        for (int i = 0; i < 2000; i++)
        {
            using var source = new TimeoutSource(TimeProvider.System);
            source.Begin(Tick);
            SpinWait.SpinUntil(() => i % 4 == 0 ? source.IsOver : i % 4 > 1, Tick);
            if (!source.TryEnd())
                continue;
            reused++;
            source.Begin(TimeSpan.FromHours(1));
            await Task.Yield();
            Assert.False(source.IsOver);
            Assert.True(source.TryEnd());
        }

        Assert.NotEqual(0, reused);
    }

    /// <summary>Its one timer fires when a test says so.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        private TimerCallback? _callback;
        private object? _state;

        public TimeSpan Elapsed { get; set; }

        public TimeSpan DueIn { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public void Fire() => _callback!(_state);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueIn = dueTime;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
