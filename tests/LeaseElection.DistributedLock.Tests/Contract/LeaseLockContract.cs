using LeaseElection.Hosting;
using LeaseElection.Testing;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>
/// What DistributedLock promises for its locks, wherever ours are kept: the parts of this class say it for taking, waiting, losing and
/// forgetting. A test that only one place can pass does not belong here.
/// </summary>
public abstract partial class LeaseLockContract : IAsyncLifetime
{
    /// <summary>For failure only: no test waits this long when the locks work.</summary>
    private static readonly TimeSpan Patience = Signal.Patience;

    /// <summary>Long enough for a server under load to answer, and no lease runs out within it.</summary>
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(300);

    private LockPlace? _place;
    private LeaseLockProvider? _locks;
    private LeaseLockProvider? _elsewhere;

    private LockPlace Place => _place!;

    /// <summary>Those of this process.</summary>
    private LeaseLockProvider Locks => _locks ??= Place.NewProvider();

    /// <summary>Those of another process.</summary>
    private LeaseLockProvider Elsewhere => _elsewhere ??= Place.NewProvider();

    protected abstract Task<LockPlace> OpenAsync();

    public async Task InitializeAsync() => _place = await OpenAsync();

    public Task DisposeAsync() => _place!.DisposeAsync().AsTask();

    private static async Task<T> InTimeAsync<T>(ValueTask<T> task) => await task.AsTask().WaitAsync(Patience);

    private static Task<LeaseLockHandle> AcquireAsync(LeaseLock @lock) => InTimeAsync(@lock.AcquireAsync(Patience));

    private static async Task AssertFreeAsync(LeaseLock @lock)
    {
        LeaseLockHandle? handle = await InTimeAsync(@lock.TryAcquireAsync());
        Assert.NotNull(handle);
        await handle.DisposeAsync();
    }

    private static async Task AssertHeldAsync(LeaseLock @lock) => Assert.Null(await InTimeAsync(@lock.TryAcquireAsync()));

    /// <summary>Waits until the token has fired; true, for an assertion to say what was waited for.</summary>
    private static async Task<bool> FiresAsync(CancellationToken token)
    {
        await token.FiredAsync();
        return token.IsCancellationRequested;
    }

    /// <summary>Tokens of handles that held one lock one after the other.</summary>
    private static void AssertGrow(IReadOnlyList<FencingToken> tokens) =>
        Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair.First} < {pair.Second}"));
}
