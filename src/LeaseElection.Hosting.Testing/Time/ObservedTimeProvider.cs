using LeaseElection.Hosting.Testing.Api;

namespace LeaseElection.Hosting.Testing.Time;

/// <summary>
/// The clock of the test as the elections of one host see it. It knows which timers they have, so that whoever lets time pass can see when
/// they have kept up; and what they set from a look at the clock counts from that look.
/// </summary>
/// <param name="time">The clock of the test.</param>
/// <param name="changed">Beats when a timer is made, set or disposed of.</param>
/// <param name="timerSet">Called when a timer is set anew: somebody has looked at what has happened.</param>
internal sealed class ObservedTimeProvider(TimeProvider time, Pulse changed, Action timerSet) : TimeProvider
{
    /// <summary>Which clock this thread has looked at last, and what it showed.</summary>
    [ThreadStatic]
    private static (ObservedTimeProvider Clock, long Timestamp) _look;

    private int _timers;
    private int _timeLimits;
    private int _unanswered;

    /// <summary>Timers that were made and not disposed.</summary>
    public int Timers => Volatile.Read(ref _timers);

    /// <summary>
    /// Those among them that were made to fire once, and are not disarmed: something is under way that must not take longer.
    /// </summary>
    public int TimeLimits => Volatile.Read(ref _timeLimits);

    /// <summary>
    /// The others that have fired and were not set anew: each is a loop that has not looked yet, or has nothing more to wait for.
    /// </summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp()
    {
        _look = (this, time.GetTimestamp());
        return _look.Timestamp;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Interlocked.Increment(ref _timers);
        var timer = new Timer(this, isTimeLimit: dueTime != Timeout.InfiniteTimeSpan);
        timer.Begin(() => time.CreateTimer(
            argument =>
            {
                timer.Fired();
                callback(argument);
            },
            state, dueTime, period));
        return timer;
    }

    private void SetAnew() => timerSet();

    private void Beat() => changed.Beat();

    /// <summary>
    /// The election looks at the clock, and sets its timer by that. On a real clock nothing to speak of passes between the two; the test
    /// may move this one by seconds just then, and the election would be late by them.
    /// </summary>
    private TimeSpan FromNow(TimeSpan dueTime)
    {
        if (dueTime <= TimeSpan.Zero || _look.Clock != this)
            return dueTime;
        TimeSpan left = dueTime - time.GetElapsedTime(_look.Timestamp);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private sealed class Timer(ObservedTimeProvider clock, bool isTimeLimit) : ITimer
    {
        private ITimer _timer = null!;
        private int _disposed;
        private int _limits;
        private int _unanswered;

        public void Begin(Func<ITimer> create)
        {
            Limit(isTimeLimit); // Before: from then on the test may move the clock.
            _timer = create();
            clock.Beat();
        }

        public void Fired()
        {
            if (!isTimeLimit && Interlocked.Exchange(ref _unanswered, 1) == 0)
                Interlocked.Increment(ref clock._unanswered);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Answer(); // Before: it may fire again at once.
            if (isTimeLimit)
                Limit(dueTime != Timeout.InfiniteTimeSpan);
            bool changed = _timer.Change(clock.FromNow(dueTime), period);
            if (!isTimeLimit)
                clock.SetAnew();
            clock.Beat();
            return changed;
        }

        public void Dispose()
        {
            _timer.Dispose();
            End();
        }

        public async ValueTask DisposeAsync()
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            End();
        }

        private void Answer()
        {
            if (Interlocked.Exchange(ref _unanswered, 0) == 1)
                Interlocked.Decrement(ref clock._unanswered);
        }

        private void End()
        {
            Answer();
            Limit(false);
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                Interlocked.Decrement(ref clock._timers);
            clock.Beat();
        }

        private void Limit(bool limits)
        {
            if (Interlocked.Exchange(ref _limits, limits ? 1 : 0) != (limits ? 1 : 0))
                Interlocked.Add(ref clock._timeLimits, limits ? 1 : -1);
        }
    }
}
