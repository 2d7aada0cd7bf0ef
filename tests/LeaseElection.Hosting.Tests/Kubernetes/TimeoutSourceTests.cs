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
        _time.Advance(Second / 2);
        Assert.True(source.TryEnd());
        _time.Advance(Second);

        source.Begin(2 * Second);
        _time.Advance((2 * Second) - Tick);
        Assert.False(source.IsOver);
        _time.Advance(Tick);

        Assert.True(source.IsOver);
    }

    [Theory]
    [InlineData(899, true)]
    [InlineData(901, false)] // Its timer may have fired, a little early, and be about to tell.
    [InlineData(1000, false)]
    public void NextRequest_BeginsOnlyIfNoTimerCanHaveFired(int answeredAfter, bool begins)
    {
        var time = new OneTimer();
        using var source = new TimeoutSource(time);
        source.Begin(Second);
        time.Elapsed = TimeSpan.FromMilliseconds(answeredAfter);

        Assert.Equal(begins, source.TryEnd());
        Assert.Equal(Timeout.InfiniteTimeSpan, time.DueIn);
    }

    /// <summary>However long this process stands still in between.</summary>
    [Fact]
    public void NextRequest_TimerFiresUntilItIsDisarmed_DoesNotBegin()
    {
        var time = new OneTimer();
        using var source = new TimeoutSource(time);
        source.Begin(Second);
        time.WhileDisarmed = () => time.Elapsed = Second;

        Assert.False(source.TryEnd());
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
        using var over = new ManualResetEventSlim();
        using CancellationTokenRegistration _ = source.Token.UnsafeRegister(
            _ =>
            {
                seen = context.Value;
                over.Set();
            },
            null);

        source.Begin(50 * Tick);
        context.Value = null;

        Assert.True(over.Wait(Signal.Patience));
        Assert.Null(seen);
    }

    /// <summary>Its clock says what a test wants, and its one timer never fires.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        public TimeSpan Elapsed { get; set; }

        public TimeSpan DueIn { get; private set; }

        public Action? WhileDisarmed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => this;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueIn = dueTime;
            WhileDisarmed?.Invoke();
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
