namespace LeaseElection.Hosting.Election;

/// <summary>
/// Which leases of members the leader clears away: those that have been silent for an hour, as this process itself has seen. Members leave
/// them behind where Kubernetes does not collect them with their Pods.
/// </summary>
internal static class PresenceHousekeeping
{
    public static readonly TimeSpan SilentFor = TimeSpan.FromHours(1);

    /// <summary>How often to look.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMinutes(5);

    /// <param name="view">What is known of the group.</param>
    /// <param name="now">The monotonic clock.</param>
    /// <param name="leads">Whether this process leads: nobody else clears away.</param>
    /// <param name="isPresence">Whether a lease is that of a member. Others are never touched, however old they are.</param>
    public static IReadOnlyList<GroupLease> Stale(GroupView view, TimeSpan now, bool leads, Func<GroupLease, bool> isPresence) =>
        leads && view.IsFreshAt(now)
            ? [.. view.Leases.Values.Where(lease => now - lease.ChangedAt >= SilentFor && !lease.IsLiveAt(now) && isPresence(lease))]
            : [];
}
