namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Where one lease is kept. A store moves versions of a lease to and fro and knows nothing of elections: it never retries,
/// never waits between requests, and never decides. A request throws nothing but <see cref="OperationCanceledException"/>. Safe for one
/// request at a time beside any number of watches.
/// </summary>
internal interface ILeaseStore : IAsyncDisposable
{
    /// <summary>What and where, for logs: <c>lease shop/settlement at https://10.0.0.1:443</c>.</summary>
    string Description { get; }

    /// <summary>
    /// Reads the newest version, never a cached one: <see cref="LeaseReply.Found"/>, <see cref="LeaseReply.Absent"/> or
    /// <see cref="LeaseReply.Failed"/>.
    /// </summary>
    /// <param name="timeout">
    /// After this the answer is a failure (a write: unknown) of kind <see cref="LeaseStoreErrorKind.Timeout"/>.
    /// </param>
    /// <param name="cancellationToken">Abandons the request.</param>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Creates the lease: <see cref="LeaseReply.Found"/> (written), <see cref="LeaseReply.Conflict"/> (exists),
    /// <see cref="LeaseReply.Failed"/> or <see cref="LeaseReply.Unknown"/>.
    /// </summary>
    Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces exactly the version <paramref name="current"/> (uid and resource version must match), keeping every field
    /// that is not part of the write: <see cref="LeaseReply.Found"/> (written), <see cref="LeaseReply.Conflict"/>,
    /// <see cref="LeaseReply.Absent"/>, <see cref="LeaseReply.Failed"/> or <see cref="LeaseReply.Unknown"/>.
    /// </summary>
    Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Tells every change after <paramref name="resourceVersion"/> over one connection of its own, which is not reopened: the
    /// stream ends when the server closes it in good order, and throws <see cref="LeaseWatchException"/> when it breaks.
    /// </summary>
    IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken);
}
