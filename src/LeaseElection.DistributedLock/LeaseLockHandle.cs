using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting;
using Medallion.Threading;

namespace LeaseElection.DistributedLock;

/// <summary>
/// A lock that is held: until this is disposed of, or until the lease is lost, because it could not be renewed in time or somebody took it
/// away. One that is forgotten, and collected as garbage, is renewed no longer: its token fires and its lease runs out.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "The source has no timer, and users may look at its token after the handle.")]
public sealed class LeaseLockHandle : IDistributedSynchronizationHandle
{
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenRegistration _termEnds;
    private HeldLease? _held;

    internal LeaseLockHandle(HeldLease held)
    {
        _held = held;
        Term = held.Term;

        // Weakly, because whoever renews the term would else keep alive what is registered with the token, and by that, as like as not,
        // the handle itself: one that everybody has forgotten would be held for ever.
        _termEnds = Term.Lost.UnsafeRegister(
            static weak =>
            {
                if (((WeakReference<CancellationTokenSource>)weak!).TryGetTarget(out CancellationTokenSource? lost))
                    lost.Cancel();
            },
            new WeakReference<CancellationTokenSource>(_lost));
    }

    /// <summary>
    /// Forgotten, so nobody can know whether what the lock guards has ended: it is not released, only not renewed any more. Whoever still
    /// has the token is told, on the thread pool, because what is registered with it may take its time.
    /// </summary>
#pragma warning disable MA0055 // A finalizer is what tells that nobody has the handle any more.
    ~LeaseLockHandle()
#pragma warning restore MA0055
    {
        if (_held is not { } held)
            return;
        held.Abandon();
        _ = _lost.CancelAsync();
    }

    /// <summary>
    /// Fires when the lock is lost before it is disposed of, in time for what it guards to stop before another can hold it. It never fires
    /// for <see cref="Dispose"/>. Of a lock that is lost already by the clock (a process that was frozen, and goes on), the token that this
    /// returns has fired.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle is disposed of.</exception>
    public CancellationToken HandleLostToken
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _held) is null, this);
            return Term.IsHeld ? _lost.Token : new CancellationToken(canceled: true);
        }
    }

    /// <summary>
    /// A number that is greater than that of everybody who held the lock before: hand it to the resource that the lock guards, which
    /// refuses a smaller one than it has seen. That alone stops who was frozen, and goes on when another holds the lock.
    /// </summary>
    /// <exception cref="InvalidOperationException">As for <see cref="LeadershipTerm.FencingToken"/>.</exception>
    public FencingToken FencingToken => Term.FencingToken;

    /// <summary>
    /// The time of holding: <see cref="LeadershipTerm.ThrowIfLost"/> right before an act that cannot be undone,
    /// <see cref="LeadershipTerm.TimeLeft"/>, the names of Lease and holder. What is to happen when the lock is lost is registered with
    /// <see cref="HandleLostToken"/>, which keeps no handle alive.
    /// </summary>
    public LeadershipTerm Term { get; }

    /// <summary>
    /// Gives the lock up. When this returns the next one can have it, unless the server does not answer within 2 seconds: then the lease
    /// runs out by itself. Doing so again has no effect.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _held, null) is not { } held)
            return default;
        GC.SuppressFinalize(this);

        // Does not wait, because it may be called by what is registered with the token.
        _termEnds.Unregister();
        return held.DisposeAsync();
    }

    /// <summary>Gives the lock up and blocks the thread meanwhile. Prefer <see cref="DisposeAsync"/>.</summary>
    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        Blocking.Wait(DisposeAsync);
        GC.SuppressFinalize(this);
    }
}
