using LeaseElection.Hosting.Testing.Api;

namespace LeaseElection.Hosting.Testing.Time;

/// <summary>
/// The clock of the test as the elections of one host see it. It knows which timers they have, so that whoever lets time pass can see when
/// they have kept up; and what they set from a look at the clock counts from that look.
/// </summary>
internal sealed class ObservedTimeProvider(TimeProvider time, Pulse changed) : TimeProvider
{
    /// <summary>Which clock this thread has looked at last, and what it showed.</summary>
    [ThreadStatic]
    private static (ObservedTimeProvider Clock, long Timestamp) _look;

    private int _timers;
    private int _timeLimits;

    /// <summary>Timers that were made and not disposed.</summary>
    public int Timers => Volatile.Read(ref _timers);

    /// <summary>Those among them that were made to fire once: something is under way that must not take longer.</summary>
    public int TimeLimits => Volatile.Read(ref _timeLimits);

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
        bool isTimeLimit = dueTime != Timeout.InfiniteTimeSpan;
        Count(1, isTimeLimit);
        return new Timer(this, time.CreateTimer(callback, state, dueTime, period), isTimeLimit);
    }

    private void Count(int by, bool isTimeLimit)
    {
        Interlocked.Add(ref _timers, by);
        if (isTimeLimit)
            Interlocked.Add(ref _timeLimits, by);
        changed.Beat();
    }

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

    private sealed class Timer(ObservedTimeProvider clock, ITimer timer, bool isTimeLimit) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = timer.Change(clock.FromNow(dueTime), period);
            clock.Count(0, isTimeLimit);
            return changed;
        }

        public void Dispose()
        {
            timer.Dispose();
            Ended();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync().ConfigureAwait(false);
            Ended();
        }

        private void Ended()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                clock.Count(-1, isTimeLimit);
        }
    }
}
