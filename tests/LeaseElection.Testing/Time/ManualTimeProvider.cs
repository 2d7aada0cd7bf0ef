namespace LeaseElection.Testing.Time;

/// <summary>
/// Time that stands still until a test moves it. Wall clock, monotonic clock and timers can be moved apart, because a lease must
/// survive exactly that: a corrected clock, a suspended machine. Its frequency is odd on purpose, to break code that assumes one.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private const long Frequency = 1_000_000_007;

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<bool> IsSo, TaskCompletionSource Reached)> _waiters = [];
    private TimeSpan _monotonic = TimeSpan.FromHours(5);
    private TimeSpan _awake;
    private DateTimeOffset _wall = new(2026, 2, 28, 23, 59, 50, TimeSpan.Zero);
    private long _sequence;

    public override long TimestampFrequency => Frequency;

    /// <summary>Timers that were made and not disposed.</summary>
    public int Timers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    /// <summary>Timers that will fire if time goes on.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
                return CountArmed();
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return (long)((Int128)_monotonic.Ticks * Frequency / TimeSpan.TicksPerSecond);
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _wall;
    }

    /// <summary>
    /// All clocks go on. Timers fire on the calling thread, in the order in which they fall due and, at the same instant, in which they
    /// were set; each finds the clocks at its own instant.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_gate)
            end = _awake + by;
        while (TakeNext(end) is { } timer)
            timer.Fire();
    }

    /// <summary>
    /// Somebody sets the clock: the wall clock moves, nothing else does. Also how a guest sees a pause by its hypervisor.
    /// </summary>
    public void JumpWall(TimeSpan by)
    {
        lock (_gate)
            _wall += by;
    }

    /// <summary>The machine sleeps: both clocks go on, timers do not.</summary>
    public void Suspend(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_gate)
        {
            _wall += by;
            _monotonic += by;
        }
    }

    /// <summary>Ends when at least this many timers are armed: whoever is to be woken by <see cref="Advance"/> waits for it.</summary>
    public Task WaitForTimersAsync(int armed) => WaitAsync(() => CountArmed() >= armed);

    /// <summary>
    /// Ends when a timer is armed that fires exactly so long from now: for whoever is to be woken while others may be
    /// armed, or are about to be disposed.
    /// </summary>
    public Task WaitForTimerAsync(TimeSpan dueIn) => WaitAsync(() => _timers.Exists(timer => timer.DueAt - _awake == dueIn));

    /// <summary>Lets the time pass that somebody waits for, as soon as he does.</summary>
    public async Task AdvanceOnceArmedAsync(TimeSpan by)
    {
        await WaitForTimerAsync(by).WaitAsync(Signal.Patience);
        Advance(by);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    internal bool Change(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer.CheckRange(dueTime, nameof(dueTime));
        ManualTimer.CheckRange(period, nameof(period));
        bool now;
        lock (_gate)
        {
            if (!_timers.Contains(timer))
                return false;
            now = dueTime == TimeSpan.Zero;
            timer.Period = period <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period;
            TimeSpan next = now ? timer.Period : dueTime;
            timer.DueAt = next == Timeout.InfiniteTimeSpan ? null : _awake + next;
            timer.Sequence = _sequence++;
            TellWaiters();
        }

        if (now)
            timer.Fire();
        return true;
    }

    internal void Remove(ManualTimer timer)
    {
        lock (_gate)
            _timers.Remove(timer);
    }

    /// <summary>Moves the clocks to the next timer that falls due, and takes it; to the end when there is none.</summary>
    private ManualTimer? TakeNext(TimeSpan end)
    {
        lock (_gate)
        {
            ManualTimer? next = _timers.Where(timer => timer.DueAt <= end).OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Sequence)
                .FirstOrDefault();
            TimeSpan step = (next?.DueAt ?? end) - _awake;
            if (step > TimeSpan.Zero) // A timer may itself have advanced the time.
            {
                _awake += step;
                _monotonic += step;
                _wall += step;
            }

            if (next is not null)
            {
                next.DueAt = next.Period == Timeout.InfiniteTimeSpan ? null : next.DueAt + next.Period;
                next.Sequence = _sequence++;
            }

            return next;
        }
    }

    private Task WaitAsync(Func<bool> isSo)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (isSo())
                return Task.CompletedTask;
            _waiters.Add((isSo, reached));
        }

        return reached.Task;
    }

    private int CountArmed() => _timers.Count(timer => timer.DueAt is not null);

    private void TellWaiters()
    {
        foreach ((Func<bool> IsSo, TaskCompletionSource Reached) waiter in _waiters.FindAll(waiter => waiter.IsSo()))
        {
            waiter.Reached.SetResult();
            _waiters.Remove(waiter);
        }
    }
}
