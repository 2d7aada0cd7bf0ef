namespace LeaseElection.Hosting;

/// <summary>How long a stop may take, which is known only while it goes on.</summary>
/// <remarks>
/// The testing kit, which moves the clock, takes a timer made for one time for a request under way, and one that has fired and is not set
/// for a loop that has not looked yet; what a timer is set to it counts from the last look at <see cref="TimeProvider.GetTimestamp"/>.
/// </remarks>
internal sealed class StopLimit : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;

    public StopLimit(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => Reach(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task Reached => _reached.Task;

    /// <summary>So long from now on, whatever was said before. After it was disposed of it changes nothing.</summary>
    public void Set(TimeSpan limit)
    {
        _ = _clock.GetTimestamp();
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Reach()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _reached.TrySetResult();
    }
}
