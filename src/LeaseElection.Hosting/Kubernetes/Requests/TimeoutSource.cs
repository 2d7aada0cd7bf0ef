namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Ends one request after the other when its time is over. A renewal is sent every few seconds for ever, and a source of its own, with its
/// timer and what is registered with it, is a tenth of what one allocates.
/// <para>
/// A timer may fire late, when its request has been answered and the next one has begun: so whoever fires looks at what is left of the
/// present one, and nothing begins again that is over, or just about to be.
/// </para>
/// </summary>
internal sealed class TimeoutSource : IDisposable
{
    /// <summary>What a timer counts: with less to go it would fire again and again until that has passed.</summary>
    private static readonly TimeSpan TimerTick = TimeSpan.FromMilliseconds(1);

#pragma warning disable CA2213 // Holds nothing; disposed, it would fail a timer that fires just now.
    private readonly CancellationTokenSource _source = new();
#pragma warning restore CA2213
    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private TimeSpan? _timeout;
    private long _begun;
    private bool _looked;
    private bool _over;

    public TimeoutSource(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        if (ExecutionContext.IsFlowSuppressed())
        {
            _timer = CreateTimer();
            return;
        }
        using (ExecutionContext.SuppressFlow()) // It outlives the request that it was made for.
            _timer = CreateTimer();
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the request's time was over, or it was given up.</summary>
    public bool IsOver => _source.IsCancellationRequested;

    /// <summary>Begins the time of a request.</summary>
    /// <param name="timeout">Without any, the request is over at once.</param>
    public void Begin(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            GiveUp();
            return;
        }
        lock (_lock)
        {
            _timeout = timeout;
            _begun = _timeProvider.GetTimestamp();
            _looked = false;
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the request before its time.</summary>
    public void GiveUp()
    {
        lock (_lock)
            _over = true;
        _source.Cancel();
    }

    /// <summary>The request was answered.</summary>
    /// <returns>Whether another one can begin.</returns>
    public bool TryEnd()
    {
        lock (_lock)
        {
            _timeout = null;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return !_over;
        }
    }

    public void Dispose() => _timer.Dispose();

    private ITimer CreateTimer() => _timeProvider.CreateTimer(
        static source => ((TimeoutSource)source!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Look()
    {
        lock (_lock)
        {
            if (_timeout is not { } timeout)
                return;
            TimeSpan left = timeout - _timeProvider.GetElapsedTime(_begun);
            if (left >= TimerTick && !_looked)
            {
                _looked = true; // And is over next time: timers go by another clock, and by this one, if it stood still, it would never be.
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            _over = true;
        }
        _source.Cancel();
    }
}
