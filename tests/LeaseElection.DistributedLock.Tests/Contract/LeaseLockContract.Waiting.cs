using LeaseElection.Hosting;
using LeaseElection.Testing.Contracts;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Waiting: time, cancellation, order.</summary>
public abstract partial class LeaseLockContract
{
    public static TheoryData<TimeSpan> NoTimeouts =>
        [TimeSpan.FromSeconds(-2), TimeSpan.FromTicks(-1), TimeSpan.FromMilliseconds(int.MaxValue + 1.0), TimeSpan.MaxValue];

    [ContractTheory]
    [MemberData(nameof(NoTimeouts))]
    public async Task Timeout_OutOfRange_IsRefusedAtOnce(TimeSpan timeout)
    {
        LeaseLock one = Locks.CreateLock("orders");

        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => one.Acquire(timeout));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => one.TryAcquire(timeout));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => { _ = one.AcquireAsync(timeout).AsTask(); });
        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => { _ = one.TryAcquireAsync(timeout).AsTask(); });
        await AssertFreeAsync(one);
    }

    [ContractFact]
    public async Task Timeout_LongestAndInfinite_AreTaken()
    {
        LeaseLock one = Locks.CreateLock("orders");

        await (await InTimeAsync(one.AcquireAsync(TimeSpan.FromMilliseconds(int.MaxValue)))).DisposeAsync();
        await (await InTimeAsync(one.AcquireAsync(Timeout.InfiniteTimeSpan))).DisposeAsync();
        await (await InTimeAsync(one.AcquireAsync(null))).DisposeAsync();
        await (await InTimeAsync(one.TryAcquireAsync(Timeout.InfiniteTimeSpan)))!.DisposeAsync();
    }

    [ContractFact]
    public async Task Timeout_HeldMeanwhile_ThrowsOrIsNull()
    {
        LeaseLock one = Locks.CreateLock("orders");
        await using LeaseLockHandle handle = await AcquireAsync(Elsewhere.CreateLock("orders"));

        long begun = TimeProvider.System.GetTimestamp();
        TimeoutException exception = await Assert.ThrowsAsync<TimeoutException>(() => one.AcquireAsync(AWhile).AsTask());
        TimeSpan took = TimeProvider.System.GetElapsedTime(begun);

        Assert.Contains("orders", exception.Message, StringComparison.Ordinal);
        Assert.True(took >= AWhile - TimeSpan.FromMilliseconds(20), $"{took}");
        Assert.Null(await InTimeAsync(one.TryAcquireAsync(AWhile)));
        await OnAThreadAsync(() => Assert.Throws<TimeoutException>(() => one.Acquire(AWhile)));
        await OnAThreadAsync(() => Assert.Null(one.TryAcquire(AWhile)));
        Assert.True(handle.Term.IsHeld);
    }

    [ContractFact]
    public async Task Waiter_LockGivenUp_HasIt()
    {
        foreach (LeaseLockProvider locks in (LeaseLockProvider[])[Locks, Elsewhere])
        {
            LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
            Task<LeaseLockHandle> waiting = locks.CreateLock("orders").AcquireAsync().AsTask();
            await AssertStillWaitsAsync(waiting);

            await handle.DisposeAsync();

            LeaseLockHandle next = await waiting.WaitAsync(Patience);
            AssertGrow([handle.FencingToken, next.FencingToken]);
            await next.DisposeAsync();
        }
    }

    [ContractFact]
    public async Task Cancelled_Before_NothingIsTaken()
    {
        LeaseLock one = Locks.CreateLock("orders");
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => one.Acquire(cancellationToken: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => one.TryAcquire(cancellationToken: cancelled));
        Assert.True(one.AcquireAsync(cancellationToken: cancelled).AsTask().IsCanceled);
        Assert.True(one.TryAcquireAsync(cancellationToken: cancelled).AsTask().IsCanceled);
        await AssertFreeAsync(one);
    }

    [ContractFact]
    public async Task Cancelled_WhileWaiting_EndsAndLeavesNoWaiterBehind()
    {
        LeaseLock one = Locks.CreateLock("orders");
        using var source = new CancellationTokenSource();
        LeaseLockHandle handle = await AcquireAsync(Elsewhere.CreateLock("orders"));
        Task<LeaseLockHandle> waiting = one.AcquireAsync(cancellationToken: source.Token).AsTask();
        Task<LeaseLockHandle?> trying = one.TryAcquireAsync(Patience, source.Token).AsTask();
        Task blocked = OnAThreadAsync(() => Assert.ThrowsAny<OperationCanceledException>(() => one.Acquire(null, source.Token)));
        await AssertStillWaitsAsync(waiting);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying.WaitAsync(Patience));
        await blocked;
        Assert.True(waiting.IsCanceled && trying.IsCanceled);
        await handle.DisposeAsync();
        await AssertFreeAsync(Elsewhere.CreateLock("orders"));
        await AssertFreeAsync(one);
    }

    [ContractFact]
    public async Task Crowd_InTwoProcesses_OneAfterTheOther()
    {
        const int Each = 25;
        int inside = 0;
        var tokens = new List<FencingToken>();
        LeaseLock[] locks = [Locks.CreateLock("orders"), Elsewhere.CreateLock("orders")];

        await Task.WhenAll(Enumerable.Range(0, 2 * Each).Select(i => Task.Run(async () =>
        {
            await using LeaseLockHandle handle = await locks[i % 2].AcquireAsync();
            Assert.Equal(1, Interlocked.Increment(ref inside));
            tokens.Add(handle.FencingToken); // Not guarded by anything else.
            await Task.Yield();
            Assert.True(handle.Term.IsHeld);
            Assert.Equal(0, Interlocked.Decrement(ref inside));
        }))).WaitAsync(Patience);

        Assert.Equal(2 * Each, tokens.Count);
        AssertGrow(tokens);
    }

    [ContractFact]
    public async Task Crowd_OfManyLocks_NoneWaitsForAnother()
    {
        LeaseLockHandle[] handles = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => AcquireAsync((i % 2 == 0 ? Locks : Elsewhere).CreateLock($"order {i}"))));

        Assert.All(handles, handle => Assert.True(handle.Term.IsHeld));
        await Task.WhenAll(handles.Select(handle => handle.DisposeAsync().AsTask())).WaitAsync(Patience);
    }

    private static async Task AssertStillWaitsAsync(Task waiting)
    {
        Task patience = Task.Delay(AWhile, TimeProvider.System, CancellationToken.None);
        Assert.Same(patience, await Task.WhenAny(waiting, patience));
    }
}
