namespace LeaseElection.Hosting.Leases;

/// <summary>
/// All leases of one namespace that bear the label of one group: listed and watched with one request, and moved to and fro over a
/// connection that they share. As <see cref="ILeaseStore"/> it never retries, never waits between requests, and never decides. Safe for
/// any number of requests at a time.
/// </summary>
internal interface ILeaseGroup : IAsyncDisposable
{
    /// <summary>What and where, for logs: <c>leases of orders in shop at https://10.0.0.1:443</c>.</summary>
    string Description { get; }

    /// <summary>
    /// One lease of the group: its requests go over the connection of the group. To dispose it ends nothing of the others.
    /// </summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="traits">What it bears beside the label of the group, which goes with every write too.</param>
    ILeaseStore Open(string leaseName, LeaseTraits traits);

    /// <summary>Reads all of them, never from a cache.</summary>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    Task<LeaseGroupReply> ListAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Tells every change after <paramref name="resourceVersion"/> over one connection of its own, which is not reopened: the stream ends
    /// when the server closes it in good order, and throws <see cref="LeaseWatchException"/> when it breaks.
    /// </summary>
    IAsyncEnumerable<LeaseGroupEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes exactly the version <paramref name="current"/>: <see cref="LeaseReply.Absent"/> (it is gone),
    /// <see cref="LeaseReply.Conflict"/>, <see cref="LeaseReply.Failed"/> or <see cref="LeaseReply.Unknown"/>.
    /// </summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="current">The version: uid and resource version must match.</param>
    /// <param name="timeout">After this nobody knows.</param>
    /// <param name="cancellationToken">Abandons the request.</param>
    Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout, CancellationToken cancellationToken);
}
