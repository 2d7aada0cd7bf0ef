namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The five fields of a Lease's <c>spec</c> that an elector owns. Two versions of a lease tell of a living holder only if
/// their records differ: an edit of labels changes the resource version, not the record.
/// </summary>
internal sealed record LeaseRecord
{
    /// <summary>Who holds the lease; <see langword="null"/> and empty both mean nobody.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>How long a standby waits after the version was received, in whole seconds.</summary>
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When the holder's term began: the holder's wall clock, UTC, microseconds.</summary>
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder last renewed: the holder's wall clock, UTC, microseconds. Never compared with a local clock.</summary>
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often the holder has changed. Restarts at 0 when the lease is deleted, so it is no fencing token.</summary>
    public int? LeaseTransitions { get; init; }

    /// <summary>Whether somebody holds the lease, as far as the record can tell.</summary>
    public bool HasHolder => !string.IsNullOrEmpty(HolderIdentity);

    /// <summary>
    /// Whether somebody is to be waited for, for as long as the record says from when it was first seen. Without a duration there is
    /// nothing to wait for; without times there is: some who hold a lease for real write renewTime with their first renewal only, or
    /// no acquireTime at all, and client-go waits for them too.
    /// </summary>
    public bool IsHeld => HasHolder && LeaseDurationSeconds > 0;
}
