using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_BothClocksMove()
    {
        (long timestamp, DateTimeOffset wall) = (_time.GetTimestamp(), _time.GetUtcNow());

        _time.Advance(Second);

        Assert.Equal(1, _time.GetElapsedTime(timestamp).TotalSeconds, 6);
        Assert.Equal(wall + Second, _time.GetUtcNow());
    }

    [Fact]
    public void JumpWall_OnlyTheWallClockMoves()
    {
        (long timestamp, DateTimeOffset wall) = (_time.GetTimestamp(), _time.GetUtcNow());
        Timer("a", Second);

        _time.JumpWall(TimeSpan.FromHours(-1));

        Assert.Equal(timestamp, _time.GetTimestamp());
        Assert.Equal(wall - TimeSpan.FromHours(1), _time.GetUtcNow());
        Assert.Empty(_fired);
    }

    [Fact]
    public void Suspend_ClocksMoveAndTimersWaitAsLongAsBefore()
    {
        long timestamp = _time.GetTimestamp();
        Timer("a", 2 * Second);

        _time.Suspend(TimeSpan.FromHours(1));
        _time.Advance(Second);
        Assert.Empty(_fired);
        _time.Advance(Second);

        Assert.Equal(["a"], _fired);
        Assert.Equal(3602, _time.GetElapsedTime(timestamp).TotalSeconds, 6);
    }

    [Fact]
    public void Advance_SeveralTimers_InOrderOfTheirInstantThenOfTheirSetting()
    {
        Timer("late", 3 * Second);
        Timer("first", Second);
        Timer("second", Second);

        _time.Advance(3 * Second);

        Assert.Equal(["first", "second", "late"], _fired);
    }

    [Fact]
    public void Advance_Timer_FindsTheClockAtItsOwnInstant()
    {
        DateTimeOffset start = _time.GetUtcNow();
        DateTimeOffset seen = default;
        using ITimer timer = _time.CreateTimer(_ => seen = _time.GetUtcNow(), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(10 * Second);

        Assert.Equal(start + Second, seen);
    }

    [Fact]
    public void Advance_TimerSetByATimer_FiresWithinTheSameAdvance()
    {
        using ITimer timer = _time.CreateTimer(_ => Timer("b", Second), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(2 * Second);

        Assert.Equal(["b"], _fired);
    }

    [Fact]
    public void PeriodicTimer_FiresEachPeriodUntilDisposed()
    {
        ITimer timer = _time.CreateTimer(_ => _fired.Add("tick"), null, Second, Second);

        _time.Advance(3.5 * Second);
        timer.Dispose();
        _time.Advance(3 * Second);

        Assert.Equal(3, _fired.Count);
        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void Change_ZeroFromNow_FiresAtOnceAndDoesNotStayArmed()
    {
        Timer("now", TimeSpan.Zero);

        Assert.Equal(["now"], _fired);
        Assert.Equal((1, 0), (_time.Timers, _time.ArmedTimers));
    }

    [Fact]
    public void Change_Disposed_False()
    {
        ITimer timer = _time.CreateTimer(_ => _fired.Add("a"), null, Second, Timeout.InfiniteTimeSpan);
        timer.Dispose();

        Assert.False(timer.Change(Second, Timeout.InfiniteTimeSpan));
        _time.Advance(2 * Second);
        Assert.Empty(_fired);
    }

    [Fact]
    public async Task WaitForTimersAsync_CompletesWhenThatManyAreArmed()
    {
        Task two = _time.WaitForTimersAsync(2);
        Timer("unarmed", Timeout.InfiniteTimeSpan);
        Timer("a", Second);
        Assert.False(two.IsCompleted);

        Timer("b", Second);

        await two;
    }

    [Fact]
    public async Task WaitForTimerAsync_CompletesWhenOneIsArmedForThatTimeFromNow()
    {
        Task three = _time.WaitForTimerAsync(3 * Second);
        Timer("a", 2 * Second);
        _time.Advance(Second);
        Assert.False(three.IsCompleted);

        Timer("b", 3 * Second);

        await three;
        await _time.WaitForTimerAsync(Second); // Armed already: of the first it is what is left.
    }

    [Fact]
    public async Task TaskDelay_EndsByAdvanceOnly()
    {
        Task delay = Task.Delay(Second, _time, CancellationToken.None);

        _time.Advance(Second - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        await delay;
        Assert.Equal(0, _time.Timers);
    }

    private void Timer(string name, TimeSpan due) => _time.CreateTimer(_ => _fired.Add(name), null, due, Timeout.InfiniteTimeSpan);
}
