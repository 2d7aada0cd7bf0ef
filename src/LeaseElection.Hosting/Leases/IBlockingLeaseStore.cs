namespace LeaseElection.Hosting.Leases;

/// <summary>
/// A store that may be able to keep a term without the thread pool: to send a request from beginning to end on the calling thread, within
/// its time. For when the pool has no thread for <see cref="ILeaseStore.ReadAsync"/>; the replies are the same. Safe beside what was begun
/// there: which of two writes of a version counts, the compare-and-swap decides.
/// </summary>
internal interface IBlockingLeaseStore
{
    /// <summary>Whether it is; a store whose way to the lease needs the pool is not.</summary>
    bool CanBlock { get; }

    /// <inheritdoc cref="ILeaseStore.ReadAsync"/>
    LeaseReply Read(TimeSpan timeout);

    /// <inheritdoc cref="ILeaseStore.ReplaceAsync"/>
    LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout);
}
