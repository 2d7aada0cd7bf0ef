using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Partitions;

/// <summary>Translates what the watch of the group and our own loops tell into what the keeper looks at.</summary>
internal static class PartitionSights
{
    /// <param name="members">Who is present.</param>
    /// <param name="slots">Our own loops, one for each partition.</param>
    /// <param name="view">What the watch of the group tells.</param>
    public static PartitionView Of(IReadOnlyList<PartitionMember> members, IReadOnlyList<PartitionSlot> slots, GroupView view) => new()
    {
        AsOf = view.AsOf,
        Members = members,
        Partitions = [.. slots.Select(slot => Of(slot, view.Find(slot.LeaseName)))],
    };

    private static PartitionSight Of(PartitionSlot slot, GroupLease? seen) => seen switch
    {
        { Holder: { } holder } => new PartitionSight(holder, seen.ChangedAt, seen.LiveUntil, slot.Part),
        not null when LeaseView.IsRelease(seen.Lease.Record) => new PartitionSight(null, seen.ChangedAt, seen.ChangedAt, slot.Part),
        _ => new PartitionSight(null, TimeSpan.MinValue, TimeSpan.MinValue, slot.Part), // Gone, or emptied by hand: nobody has given it up.
    };
}
