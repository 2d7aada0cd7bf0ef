using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>A store, and the lease and identity that were resolved for it.</summary>
internal sealed record OpenedStore(ILeaseStore Store, ElectionIdentityCard Card)
{
    /// <summary>Who tells the cluster of the leader; nobody unless it was asked for.</summary>
    public IReadOnlyList<ILeadershipAnnouncer> Announcers { get; init; } = [];
}
