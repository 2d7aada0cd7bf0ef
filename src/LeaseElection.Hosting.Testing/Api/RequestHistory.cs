namespace LeaseElection.Hosting.Testing.Api;

/// <summary>What an election has met with, as far as it decides when it will try again.</summary>
internal sealed class RequestHistory(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private TimeSpan _retryAfter;
    private long _noticedAt;
    private int _failures;
    private bool _noticed;

    /// <summary>Whether the last request failed. A conflict did not: it was answered.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_lock)
                return _failures > 0;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
            _failures = 0;
    }

    public void Failed(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _failures++;
            _retryAfter = retryAfter ?? TimeSpan.Zero;
            _noticed = false;
        }
    }

    /// <summary>The election has set its timer: by what it knows then it pauses from there on.</summary>
    public void Noticed()
    {
        lock (_lock)
        {
            if (_noticed)
                return;
            _noticed = true;
            _noticedAt = time.GetTimestamp();
        }
    }

    /// <summary>
    /// Whether a leader must have tried again by now, or has not even noticed the failure. Attempts begin after 250 ms and double, are no
    /// farther apart than the retry period unless the answer asks for it, and not than half of what is left of the term.
    /// </summary>
    public bool IsOverdue(TimeSpan retryPeriod, TimeSpan timeLeft, TimeSpan tolerance)
    {
        lock (_lock)
        {
            TimeSpan since = time.GetElapsedTime(_noticedAt);
            TimeSpan pause = Min(FirstPause * Math.Pow(2, Math.Min(_failures - 1, 16)), retryPeriod);
            pause = Min(pause > _retryAfter ? pause : _retryAfter, (timeLeft + since) / 2);
            return !_noticed || since > pause + tolerance;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
