using System.Globalization;
using LeaseElection.Hosting;
using Medallion.Threading;

namespace LeaseElection.DistributedLock;

/// <summary>
/// A lock that one handle of all, in all processes, holds at a time. Not reentrant: who holds it and waits for it again waits for itself.
/// The object itself holds nothing: it may be kept, shared, and used by any number of threads.
/// </summary>
public sealed class LeaseLock : IDistributedLock
{
    private readonly ILeaseBroker _broker;

    internal LeaseLock(ILeaseBroker broker, string leaseName)
    {
        _broker = broker;
        Name = leaseName;
    }

    /// <summary>
    /// The name of the Lease, as <c>kubectl get lease</c> shows it: that of the lock, if a Kubernetes object can bear it.
    /// </summary>
    public string Name { get; }

    /// <summary>Waits for the lock.</summary>
    /// <param name="timeout">
    /// How long at most: up to <see cref="int.MaxValue"/> milliseconds; <see langword="null"/> or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>What holds the lock until it is disposed of.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or too long.</exception>
    /// <exception cref="TimeoutException">The lock was not to be had within the time.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ValueTask<LeaseLockHandle> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        TimeSpan patience = timeout ?? Timeout.InfiniteTimeSpan;
        ThrowIfNoTimeout(patience, nameof(timeout));
        return GetAsync(patience, cancellationToken);
    }

    /// <summary>Tries to take the lock.</summary>
    /// <param name="timeout">How long, as for <see cref="AcquireAsync"/>; zero, the default, is one attempt.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>
    /// What holds the lock until it is disposed of; <see langword="null"/>: the lock was not to be had within the time.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or too long.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ValueTask<LeaseLockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        ThrowIfNoTimeout(timeout, nameof(timeout));
        return TryGetAsync(timeout, cancellationToken);
    }

    /// <summary>Waits for the lock and blocks the thread. Prefer <see cref="AcquireAsync"/>.</summary>
    /// <inheritdoc cref="AcquireAsync"/>
    public LeaseLockHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => AcquireAsync(timeout, cancellationToken));

    /// <summary>Tries to take the lock and blocks the thread. Prefer <see cref="TryAcquireAsync"/>.</summary>
    /// <inheritdoc cref="TryAcquireAsync"/>
    public LeaseLockHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => TryAcquireAsync(timeout, cancellationToken));

    IDistributedSynchronizationHandle IDistributedLock.Acquire(TimeSpan? timeout, CancellationToken cancellationToken) =>
        Acquire(timeout, cancellationToken);

    IDistributedSynchronizationHandle? IDistributedLock.TryAcquire(TimeSpan timeout, CancellationToken cancellationToken) =>
        TryAcquire(timeout, cancellationToken);

    async ValueTask<IDistributedSynchronizationHandle> IDistributedLock.AcquireAsync(
        TimeSpan? timeout, CancellationToken cancellationToken) =>
        await AcquireAsync(timeout, cancellationToken).ConfigureAwait(false);

    async ValueTask<IDistributedSynchronizationHandle?> IDistributedLock.TryAcquireAsync(
        TimeSpan timeout, CancellationToken cancellationToken) =>
        await TryAcquireAsync(timeout, cancellationToken).ConfigureAwait(false);

    private async ValueTask<LeaseLockHandle> GetAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await TryGetAsync(timeout, cancellationToken).ConfigureAwait(false)
        ?? throw new TimeoutException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The lock of lease {Name} was not to be had within {timeout.TotalSeconds:0.###} s: another holds it."));

    private async ValueTask<LeaseLockHandle?> TryGetAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        HeldLease? held = await _broker.TryAcquireAsync(Name, timeout, cancellationToken).ConfigureAwait(false);
        return held is null ? null : new LeaseLockHandle(held);
    }

    /// <summary>The range of all locks of DistributedLock.</summary>
    private static void ThrowIfNoTimeout(TimeSpan timeout, string name)
    {
        if (timeout != Timeout.InfiniteTimeSpan && (timeout < TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue))
        {
            throw new ArgumentOutOfRangeException(
                name, timeout, "Must be from zero to int.MaxValue milliseconds (24 days), or Timeout.InfiniteTimeSpan.");
        }
    }
}
