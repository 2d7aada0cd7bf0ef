using LeaseElection.Testing.Contracts;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Blocking, where blocking is dangerous.</summary>
public abstract partial class LeaseLockContract
{
    /// <summary>As in a window: what is awaited goes on at this thread, which is blocked.</summary>
    [ContractFact]
    public Task Blocking_OnAThreadThatAwaitsGoBackTo_Returns() => OnAThreadAsync(() =>
    {
        SynchronizationContext.SetSynchronizationContext(new DeafContext());
        LeaseLock one = Locks.CreateLock("orders");

        using (LeaseLockHandle handle = one.Acquire(Patience))
            Assert.Null(one.TryAcquire(AWhile));

        Assert.IsType<DeafContext>(SynchronizationContext.Current);
    });

    /// <summary>As many callers block as the pool has threads, and more; it adds some, late.</summary>
    [ContractFact]
    public async Task Blocking_OnAllThreadsOfThePool_GoesOn()
    {
        ThreadPool.GetMinThreads(out int threads, out _);
        LeaseLock[] locks = [Locks.CreateLock("orders"), Elsewhere.CreateLock("orders")];
        int inside = 0;

        await Task.WhenAll(Enumerable.Range(0, threads + 8).Select(i => Task.Run(() =>
        {
            using LeaseLockHandle handle = locks[i % 2].Acquire();
            Assert.Equal(1, Interlocked.Increment(ref inside));
            Assert.Equal(0, Interlocked.Decrement(ref inside));
        }))).WaitAsync(Patience);
    }

    /// <summary>Nobody carries out what is posted to it.</summary>
    private sealed class DeafContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();
    }
}
