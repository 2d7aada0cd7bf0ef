namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>
/// The system's time, with timers that fire early or not at all, with a wall clock that is wrong, and with the jump that both clocks make
/// over a suspension (CLOCK_BOOTTIME, which the library reads by itself, counts it).
/// </summary>
internal sealed class BentTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<(TimerCallback Callback, object? State)> _missed = [];
    private long _suspendedTicks;
    private long _aheadTicks;
    private bool _frozen;

    /// <summary>Which part of its time a timer waits.</summary>
    public double TimerFactor { get; init; } = 1;

    /// <summary>How far the wall clock is ahead of the true time, or behind it; may be set right while others read it.</summary>
    public TimeSpan Ahead
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));
        set => Interlocked.Exchange(ref _aheadTicks, value.Ticks);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() =>
        System.GetElapsedTime(0, System.GetTimestamp()).Ticks + Interlocked.Read(ref _suspendedTicks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _suspendedTicks)) + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new BentTimer(this, System.CreateTimer(
            state => Fire(callback, state), state, Bend(dueTime), period));

    /// <summary>The machine was suspended for so long just now.</summary>
    public void Suspend(TimeSpan time) => Interlocked.Add(ref _suspendedTicks, time.Ticks);

    public void FreezeTimers()
    {
        lock (_lock)
            _frozen = true;
    }

    /// <summary>Timers fire again, those that should have meanwhile at once.</summary>
    public void Thaw()
    {
        (TimerCallback Callback, object? State)[] missed;
        lock (_lock)
        {
            _frozen = false;
            missed = [.. _missed];
            _missed.Clear();
        }

        foreach ((TimerCallback callback, object? state) in missed)
            callback(state);
    }

    private void Fire(TimerCallback callback, object? state)
    {
        lock (_lock)
        {
            if (_frozen)
            {
                _missed.Add((callback, state));
                return;
            }
        }

        callback(state);
    }

    private TimeSpan Bend(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time * TimerFactor;

    private sealed class BentTimer(BentTimeProvider time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Bend(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
