namespace LeaseElection.Hosting.Tests;

/// <summary>A thread pool whose threads all wait, those that it gets meanwhile too: nothing runs on it until it is fed again.</summary>
internal sealed class StarvedPool : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly CountdownEvent _blocked = new(1000);
    private bool _poolRan;

    public StarvedPool()
    {
        for (int i = 0; i < _blocked.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    _release.Wait();
                    _blocked.Signal();
                },
                null);
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref _poolRan, true), null);
    }

    /// <summary>Ends it. Fails if the pool was not starved.</summary>
    public void Feed()
    {
        bool poolRan = Volatile.Read(ref _poolRan);
        _release.Set();
        _blocked.Wait();
        Assert.False(poolRan, "The thread pool was not starved.");
    }

    /// <summary>Ends it in any case: other tests need the pool.</summary>
    public void Dispose()
    {
        _release.Set();
        _blocked.Wait();
        _release.Dispose();
        _blocked.Dispose();
    }
}
