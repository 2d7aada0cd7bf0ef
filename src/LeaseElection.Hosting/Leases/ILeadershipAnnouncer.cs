namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Tells the cluster who leads, beside the election: every call returns at once and never throws, whatever becomes of the telling. Each
/// term is told of in this order: began, ending, ended.
/// </summary>
internal interface ILeadershipAnnouncer : IAsyncDisposable
{
    /// <summary>Another process was seen to hold the lease.</summary>
    void HolderSeen(string holder);

    /// <summary>A term of this process has begun.</summary>
    void Began(Lease? lease);

    /// <summary>It is about to end (its work is told to stop while it still holds the lease), or it was lost.</summary>
    void Ending();

    /// <summary>The lease is given up, or was lost.</summary>
    /// <param name="how">In words: how, and why.</param>
    /// <param name="lease">The newest version of it that was seen.</param>
    void Ended(string how, Lease? lease);

    /// <summary>What must be known to the cluster, if it can be in time, before a lease that is still held is given up.</summary>
    /// <returns>Ends soon in any case, and never in an exception.</returns>
    Task WithdrawnAsync();

    /// <summary>Nothing more is to be told: ends when everything has been.</summary>
    Task FinishAsync(CancellationToken cancellationToken);
}
