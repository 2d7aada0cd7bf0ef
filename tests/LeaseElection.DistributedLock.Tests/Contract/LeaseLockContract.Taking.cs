using LeaseElection.Hosting;
using LeaseElection.Testing.Contracts;
using Medallion.Threading;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Taking and giving up.</summary>
public abstract partial class LeaseLockContract
{
    [ContractFact]
    public async Task TryAcquire_HeldAndGivenUp_OneAtATime()
    {
        LeaseLock one = Locks.CreateLock("orders");
        LeaseLock other = Locks.CreateLock("invoices");

        await using (LeaseLockHandle? handle = await InTimeAsync(one.TryAcquireAsync()))
        {
            Assert.NotNull(handle);
            await AssertHeldAsync(one); // Not reentrant.
            await AssertHeldAsync(Locks.CreateLock("orders"));
            await AssertHeldAsync(Elsewhere.CreateLock("orders"));
            await AssertFreeAsync(other);
        }

        await AssertFreeAsync(one);
        await AssertFreeAsync(Elsewhere.CreateLock("orders"));
    }

    [ContractFact]
    public Task TryAcquire_Blocking_OneAtATime() => OnAThreadAsync(() =>
    {
        LeaseLock one = Locks.CreateLock("orders");
        using (LeaseLockHandle? handle = one.TryAcquire())
        {
            Assert.NotNull(handle);
            Assert.Null(one.TryAcquire());
            Assert.Null(Elsewhere.CreateLock("orders").TryAcquire());
        }

        using (LeaseLockHandle handle = Elsewhere.CreateLock("orders").Acquire(Patience))
            Assert.Throws<TimeoutException>(() => one.Acquire(TimeSpan.Zero));
        one.Acquire().Dispose();
    });

    [ContractFact]
    public async Task Provider_ByItsInterface_GivesTheSameLocks()
    {
        IDistributedLockProvider locks = Locks;
        IDistributedLock one = locks.CreateLock("orders");

        Assert.Equal("orders", one.Name);
        await using (IDistributedSynchronizationHandle handle = await one.AcquireAsync(Patience))
        {
            Assert.IsType<LeaseLockHandle>(handle);
            Assert.Null(await locks.TryAcquireLockAsync("orders"));
            await Assert.ThrowsAsync<TimeoutException>(() => Elsewhere.AcquireLockAsync("orders", TimeSpan.Zero).AsTask());
        }

        await OnAThreadAsync(() =>
        {
            using IDistributedSynchronizationHandle? handle = one.TryAcquire(Patience);
            Assert.NotNull(handle);
            Assert.Null(locks.TryAcquireLock("orders"));
        });
    }

    [ContractFact]
    public async Task AcquireAllLocks_OneOfThemHeld_NoneIsLeftHeld()
    {
        IDistributedLockProvider locks = Locks;
        await using (await AcquireAsync(Elsewhere.CreateLock("c")))
            Assert.Null(await locks.TryAcquireAllLocksAsync(["a", "b", "c"]));
        await AssertFreeAsync(Elsewhere.CreateLock("a"));

        await using (IDistributedSynchronizationHandle all = await locks.AcquireAllLocksAsync(["a", "b", "c"], Patience))
        {
            Assert.False(all.HandleLostToken.IsCancellationRequested);
            await AssertHeldAsync(Elsewhere.CreateLock("b"));
        }

        await AssertFreeAsync(Elsewhere.CreateLock("b"));
    }

    [ContractFact]
    public async Task Dispose_AgainAndLate_LeavesTheNextHolderAlone()
    {
        LeaseLock one = Locks.CreateLock("orders");
        LeaseLockHandle first = await AcquireAsync(one);
        await first.DisposeAsync();
        LeaseLockHandle second = await AcquireAsync(one);

        await first.DisposeAsync();
        await OnAThreadAsync(first.Dispose);

        await AssertHeldAsync(Elsewhere.CreateLock("orders"));
        Assert.True(second.Term.IsHeld);
        await second.DisposeAsync();
        Assert.False(second.Term.IsHeld);
    }

    [ContractFact]
    public async Task Dispose_ByManyAtOnce_GivesUpOnce()
    {
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 0)
                await handle.DisposeAsync();
            else
                handle.Dispose();
        }))).WaitAsync(Patience);

        await AcquireAsync(Elsewhere.CreateLock("orders")).Result.DisposeAsync();
    }

    [ContractFact]
    public async Task FencingToken_OfEachHolder_Grows()
    {
        var tokens = new List<FencingToken>();
        for (int i = 0; i < 6; i++)
        {
            await using LeaseLockHandle handle = await AcquireAsync((i % 3 == 0 ? Locks : Elsewhere).CreateLock("orders"));
            Assert.Equal(handle.FencingToken, handle.Term.FencingToken);
            tokens.Add(handle.FencingToken);
        }

        AssertGrow(tokens);
    }

    [ContractFact]
    public async Task Names_OfEveryForm_AreLocksOfTheirOwn()
    {
        string longest = new('a', 253);
        string[] names =
        [
            "", " ", "orders", "Orders", "ORDERS", "orders ", "orders.eu", "orders..eu", "-", "--", ".", "..", "/", @"\\\", "a/b", "a_b",
            "ä", "锁",
            "\U0001F512", "a\nb", "a\0b", longest, longest + "a", longest + "A", new string('\\', 1000), new string('a', 1000), "$(rm -rf)",
            "../x",
        ];
        var handles = new List<LeaseLockHandle>();
        foreach (string name in names)
        {
            LeaseLockHandle? handle = await InTimeAsync(Locks.CreateLock(name).TryAcquireAsync());
            Assert.True(handle is not null, $"'{name}' is another's");
            handles.Add(handle);
        }

        foreach (string name in names)
            await AssertHeldAsync(Elsewhere.CreateLock(name));
        foreach (LeaseLockHandle handle in handles)
            await handle.DisposeAsync();
    }

    /// <summary>What blocks is no business of the threads that tests share.</summary>
    private static async Task OnAThreadAsync(Action act)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                act();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        { IsBackground = true };
        thread.Start();
        await done.Task.WaitAsync(Patience);
    }
}
