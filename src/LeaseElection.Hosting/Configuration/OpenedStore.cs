using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>A store, and the lease and identity that were resolved for it.</summary>
/// <param name="Store">That of the election's own lease.</param>
/// <param name="Card">Which lease, and under which identity.</param>
/// <param name="OpenLeases">
/// Opens the leases around it, for its members and partitions: of the same namespace, kept in the same place and reached in the same way,
/// over a connection of their own. Whoever calls it disposes of what it returns.
/// </param>
internal sealed record OpenedStore(ILeaseStore Store, ElectionIdentityCard Card, Func<ILeaseStoreSource> OpenLeases)
{
    /// <summary>Who tells the cluster of the leader; nobody unless it was asked for.</summary>
    public IReadOnlyList<ILeadershipAnnouncer> Announcers { get; init; } = [];

    /// <summary>This process, as the others are told of it when it leads; <see langword="null"/> unless deaths are to be proven.</summary>
    public HolderProcess? Process { get; init; }

    /// <summary>Opens what the others' Pods are looked at with, where <see cref="Process"/> is told.</summary>
    public Func<IPodSource>? OpenPods { get; init; }
}
