namespace LeaseElection.Hosting.Kubernetes.Blocking;

/// <summary>What a request has of time, looked at before each step: no timer ends it, for timers fire on the thread pool.</summary>
internal sealed class TimeLimit(TimeSpan limit, TimeProvider timeProvider)
{
    private readonly long _begun = timeProvider.GetTimestamp();

    public bool IsOver => limit <= timeProvider.GetElapsedTime(_begun);

    /// <summary>Never nothing: zero is for ever to a socket.</summary>
    /// <exception cref="TimeoutException">It is over.</exception>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = limit - timeProvider.GetElapsedTime(_begun);
            return left > TimeSpan.Zero ? left : throw new TimeoutException();
        }
    }

    /// <inheritdoc cref="Left"/>
    public int Milliseconds => (int)Math.Ceiling(Math.Min(Left.TotalMilliseconds, int.MaxValue));
}
