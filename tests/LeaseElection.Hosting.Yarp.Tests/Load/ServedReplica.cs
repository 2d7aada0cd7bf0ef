namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>A replica, and how many requests are under way to it.</summary>
internal sealed class ServedReplica(ReplicaProcess replica)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private bool _closed;

    public ReplicaProcess Replica => replica;

    public bool TryEnter()
    {
        lock (_lock)
        {
            _underWay += _closed ? 0 : 1;
            return !_closed;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_underWay == 0 && _closed)
                _empty.SetResult();
        }
    }

    /// <summary>Lets nobody in any more, and ends when all have left.</summary>
    public Task EmptyAsync()
    {
        lock (_lock)
        {
            _closed = true;
            return _underWay == 0 ? Task.CompletedTask : _empty.Task;
        }
    }
}
