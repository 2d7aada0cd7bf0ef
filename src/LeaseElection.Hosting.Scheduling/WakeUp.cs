namespace LeaseElection.Hosting.Scheduling;

/// <summary>A timer that is set anew again and again, and wakes one waiter.</summary>
/// <remarks>
/// The testing kit, which moves the clock, takes a timer made for one time for a request under way, and one that has fired and is not set
/// for a loop that has not looked yet; what a timer is set to it counts from the last look at <see cref="TimeProvider.GetTimestamp"/>.
/// </remarks>
internal sealed class WakeUp : IDisposable
{
    /// <summary>A wall clock may be set: then what is due is found at most so much later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private TaskCompletionSource _due = new();

    public WakeUp(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until an instant of the wall clock, or for 30 seconds. Not to be called again before it has ended.</summary>
    public Task UntilAsync(DateTimeOffset? instant, CancellationToken cancellationToken)
    {
        _ = _clock.GetTimestamp();
        TimeSpan left = instant - _clock.GetUtcNow() ?? LongestWait;
        if (left <= TimeSpan.Zero)
            return Task.CompletedTask;
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _due, due);
        _timer.Change(left < LongestWait ? left : LongestWait, Timeout.InfiniteTimeSpan);
        return due.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Read(ref _due).TrySetResult();
    }
}
