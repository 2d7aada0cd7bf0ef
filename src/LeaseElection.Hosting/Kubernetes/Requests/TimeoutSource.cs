namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Ends one request after the other when its time is over. A renewal is sent every few seconds for ever, and a source of its own, with its
/// timer and what is registered with it, is a tenth of what one allocates.
/// <para>
/// A timer that has fired may be heard of late, when its request has been answered and the next one would be ended for it. So no other
/// begins after one that came close to its end: then no timer can have fired.
/// </para>
/// </summary>
internal sealed class TimeoutSource(TimeProvider timeProvider) : IDisposable
{
    /// <summary>More than a timer is early by.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromMilliseconds(100);

#pragma warning disable CA2213 // Holds nothing; disposed, it would fail a timer that fires just now.
    private readonly CancellationTokenSource _source = new();
#pragma warning restore CA2213
    private ITimer? _timer;
    private TimeSpan _timeout;
    private long _begun;

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the request's time was over, or it was given up.</summary>
    public bool IsOver => _source.IsCancellationRequested;

    /// <summary>Begins the time of a request.</summary>
    /// <param name="timeout">Without any, the request is over at once.</param>
    public void Begin(TimeSpan timeout)
    {
        _timeout = timeout;
        _begun = timeProvider.GetTimestamp();
        if (timeout <= TimeSpan.Zero)
            GiveUp();
        else if (_timer is { } timer)
            timer.Change(timeout, Timeout.InfiniteTimeSpan);
        else
            _timer = CreateTimer(timeout);
    }

    /// <summary>Ends the request before its time.</summary>
    public void GiveUp()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // Of what was registered, as a stream of the app's: on a timer's thread it would end the process.
        }
    }

    /// <summary>The request was answered, and whoever could give it up will not do so any more.</summary>
    /// <returns>Whether another one can begin.</returns>
    public bool TryEnd()
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // Before the look: what did not fire until then never will.
        return timeProvider.GetElapsedTime(_begun) < _timeout - Close && !IsOver;
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>
    /// Made to fire: by that the testing kit knows a time limit from the timers of loops, and lets no time pass while one is set.
    /// </summary>
    private ITimer CreateTimer(TimeSpan timeout)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return Create();
        using (ExecutionContext.SuppressFlow()) // It outlives the request that it was made for.
            return Create();

        ITimer Create() => timeProvider.CreateTimer(
            static source => ((TimeoutSource)source!).GiveUp(), this, timeout, Timeout.InfiniteTimeSpan);
    }
}
