using System.Collections.Immutable;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Partitions;

/// <summary>Puts together who owns what: of our own partitions their loops know best, of the others the watch of the group.</summary>
internal static class PartitionStatuses
{
    /// <param name="last">What was known before: what is not known any more stays as it was.</param>
    /// <param name="slots">Our own, one for each partition.</param>
    /// <param name="view">What the watch of the group tells.</param>
    /// <param name="now">The instant.</param>
    public static PartitionsSnapshot Next(
        PartitionsSnapshot last, IReadOnlyList<PartitionSlot> slots, GroupView view, ElectionTime now)
    {
        bool isFresh = view.IsFreshAt(now.Monotonic);
        int count = last.Partitions.Length; // That of the slots, or less while other replicas have less.
        var statuses = ImmutableArray.CreateBuilder<PartitionStatus>(count);
        var unowned = ImmutableArray.CreateBuilder<TimeSpan?>(count);
        for (int i = 0; i < count; i++)
        {
            PartitionStatus status = Next(last.Partitions[i], slots[i], isFresh, view.Find(slots[i].LeaseName), now);
            statuses.Add(status);
            unowned.Add(status is { HolderIdentity: null, Since: not null } ? last.UnownedSince[i] ?? now.Monotonic : null);
        }

        return last with
        {
            Partitions = statuses.MoveToImmutable(),
            UnownedSince = unowned.MoveToImmutable(),
            BlindSince = isFresh ? null : last.BlindSince ?? now.Monotonic,
            Elections = [.. slots.Select(slot => slot.Election)],
        };
    }

    private static PartitionStatus Next(PartitionStatus last, PartitionSlot slot, bool isFresh, GroupLease? seen, ElectionTime now)
    {
        if (slot is { IsHeldHere: true, Election.Snapshot.Record: { } own })
            return Of(last.Index, own, now, last) with { IsHeldHere = true };
        if (!isFresh)
            return last with { IsHeldHere = false };
        if (seen is null)
            return Nobodys(last, moves: 0, now);

        // What we gave up an instant ago the watch may not have told yet.
        bool isOwned = seen.IsLiveAt(now.Monotonic) && seen.Holder != slot.Identity;
        return isOwned ? Of(last.Index, seen.Lease.Record, now, last) : Nobodys(last, seen.Lease.Record.LeaseTransitions ?? 0, now);
    }

    private static PartitionStatus Of(int index, LeaseRecord record, ElectionTime now, PartitionStatus last) => record.HasHolder
        ? new()
        {
            Index = index,
            HolderIdentity = record.HolderIdentity,
            Since = record.AcquireTime,
            Moves = record.LeaseTransitions ?? 0,
        }
        : Nobodys(last, record.LeaseTransitions ?? 0, now);

    private static PartitionStatus Nobodys(PartitionStatus last, int moves, ElectionTime now) => new()
    {
        Index = last.Index,
        Since = last is { HolderIdentity: null, Since: { } since } ? since : now.Wall,
        Moves = moves,
    };
}
