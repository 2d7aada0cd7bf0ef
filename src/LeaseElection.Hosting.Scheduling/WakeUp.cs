namespace LeaseElection.Hosting.Scheduling;

/// <summary>
/// A timer that is set anew again and again, by whom nobody need wait between two wakings: to the testing kit, which moves the clock, a
/// timer made for one time looks like a request under way, and one that has fired and is not set like a loop that has not looked yet.
/// </summary>
internal sealed class WakeUp : IDisposable
{
    private readonly ITimer _timer;
    private TaskCompletionSource _due = new();

    public WakeUp(TimeProvider clock) =>
        _timer = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Waits. Not to be called again before it has ended.</summary>
    public Task AfterAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _due, due);
        _timer.Change(time, Timeout.InfiniteTimeSpan);
        return due.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Read(ref _due).TrySetResult();
    }
}
