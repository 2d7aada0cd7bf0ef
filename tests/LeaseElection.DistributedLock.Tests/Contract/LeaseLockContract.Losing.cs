using System.Runtime.CompilerServices;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Contracts;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Losing what is held, and forgetting it.</summary>
public abstract partial class LeaseLockContract
{
    [ContractFact]
    public async Task HandleLostToken_WhileHeldAndGivenUp_DoesNotFire()
    {
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
        CancellationToken token = handle.HandleLostToken;
        bool fired = false;
        await using CancellationTokenRegistration registration = token.UnsafeRegister(_ => Volatile.Write(ref fired, true), null);

        Assert.True(token.CanBeCanceled);
        Assert.False(token.IsCancellationRequested);
        await handle.DisposeAsync();
        await AcquireAsync(Elsewhere.CreateLock("orders")).Result.DisposeAsync();

        Assert.False(token.IsCancellationRequested);
        Assert.False(Volatile.Read(ref fired));
        Assert.Throws<ObjectDisposedException>(() => handle.HandleLostToken);
    }

    [ContractFact]
    public async Task HandleLostToken_LongerThanALease_IsRenewed()
    {
        Place.ShortenLeases();
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
        CancellationToken token = handle.HandleLostToken;

        await Task.Delay(Place.LeaseDuration * 1.5, TimeProvider.System, CancellationToken.None);

        Assert.False(token.IsCancellationRequested);
        Assert.True(handle.Term.IsHeld);
        await AssertHeldAsync(Elsewhere.CreateLock("orders"));
        await handle.DisposeAsync();
    }

    [ContractFact]
    public async Task HandleLostToken_LeaseTakenAway_Fires()
    {
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
        CancellationToken token = handle.HandleLostToken;

        await Place.TakeAwayAsync("orders");

        Assert.True(await FiresAsync(token));
        Assert.False(handle.Term.IsHeld);
        Assert.True(handle.HandleLostToken.IsCancellationRequested);
        await handle.DisposeAsync();
        await OnAThreadAsync(handle.Dispose);
        Assert.Throws<ObjectDisposedException>(() => handle.HandleLostToken);

        // Whoever took it away has not been put out by the disposal.
        await AssertHeldAsync(Elsewhere.CreateLock("orders"));
    }

    [ContractFact]
    public async Task HandleLostToken_AskedForWhenLost_HasFired()
    {
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
        await Place.TakeAwayAsync("orders");
        await Polling.UntilAsync(() => Task.FromResult(!handle.Term.IsHeld), Patience);

        Assert.True(handle.HandleLostToken.IsCancellationRequested);
        await handle.DisposeAsync();
    }

    [ContractFact]
    public async Task Dispose_ByWhatIsRegisteredWithTheToken_Returns()
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LeaseLockHandle handle = await AcquireAsync(Locks.CreateLock("orders"));
        await using CancellationTokenRegistration registration = handle.HandleLostToken.UnsafeRegister(
            _ =>
            {
                handle.Dispose();
                disposed.SetResult();
            },
            null);

        await Place.TakeAwayAsync("orders");

        await disposed.Task.WaitAsync(Patience);
    }

    [ContractFact]
    public async Task Forgotten_HandleIsCollected_AnotherObtainsTheLock()
    {
        Place.ShortenLeases();
        CancellationToken token = await ForgetAsync(Locks.CreateLock("orders"), knowsItself: false);

        await using LeaseLockHandle next = await ObtainAfterCollectionAsync(Elsewhere.CreateLock("orders"));

        Assert.True(await FiresAsync(token));
    }

    /// <summary>What is registered with the token of a handle most often knows that handle.</summary>
    [ContractFact]
    public async Task Forgotten_RegistrationKnowsTheHandle_AnotherObtainsTheLock()
    {
        Place.ShortenLeases();
        await ForgetAsync(Locks.CreateLock("orders"), knowsItself: true);

        await using LeaseLockHandle next = await ObtainAfterCollectionAsync(Elsewhere.CreateLock("orders"));
    }

    [ContractFact]
    public async Task Forgotten_InTheSameProcess_AnotherObtainsTheLock()
    {
        Place.ShortenLeases();
        await ForgetAsync(Locks.CreateLock("orders"), knowsItself: false);

        await using LeaseLockHandle next = await ObtainAfterCollectionAsync(Locks.CreateLock("orders"));
    }

    /// <summary>
    /// Collects until somebody obtains the lock: what has just completed is still on the stack of the thread that goes on with it.
    /// </summary>
    private async Task<LeaseLockHandle> ObtainAfterCollectionAsync(LeaseLock @lock)
    {
        Task<LeaseLockHandle> waiting = @lock.AcquireAsync().AsTask();
        await Polling.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(waiting.IsCompleted);
            },
            Place.LeaseDuration + Patience);
        return await waiting;
    }

    /// <summary>In a method of its own, so that no stack frame remembers the handle.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<CancellationToken> ForgetAsync(LeaseLock @lock, bool knowsItself)
    {
        LeaseLockHandle handle = await AcquireAsync(@lock);
        if (!knowsItself)
            return handle.HandleLostToken;
        handle.HandleLostToken.Register(() => GC.KeepAlive(handle));
        return default;
    }
}
