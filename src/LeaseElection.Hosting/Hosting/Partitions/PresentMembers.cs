using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Partitions;

/// <summary>Who is present, and with how many partitions, by the leases that members keep of themselves.</summary>
internal static class PresentMembers
{
    /// <summary>On the leases of members, and on those of partitions: how many partitions their holder is told of.</summary>
    public const string CountAnnotation = "leaseelection.dev/partitions";

    /// <summary>On the leases of partitions, with the name of the group.</summary>
    public const string PartitionsLabel = "leaseelection.dev/partitions-of";

    private const string MembersLabel = "leaseelection.dev/members-of";

    /// <param name="view">What the watch of the group tells.</param>
    /// <param name="now">On the monotonic clock.</param>
    /// <param name="self">This process, which knows its own presence before the watch tells of it; <see langword="null"/> if it is not present.</param>
    /// <param name="identity">What this process is called.</param>
    public static IReadOnlyList<PartitionMember> Of(GroupView view, TimeSpan now, PartitionMember? self, string identity)
    {
        var members = new Dictionary<string, PartitionMember>(StringComparer.Ordinal);
        foreach (GroupLease lease in view.Leases.Values)
        {
            if (lease.IsLiveAt(now) && lease.Holder is { } holder && holder != identity && lease.Lease.ReadLabels().ContainsKey(MembersLabel))
                members[holder] = new PartitionMember(holder, CountOf(lease.Lease), lease.ChangedAt);
        }

        if (self is { } present)
            members[identity] = present;
        return [.. members.Values];
    }

    private static int? CountOf(Lease lease) =>
        int.TryParse(
            lease.ReadAnnotations().GetValueOrDefault(CountAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && count is >= 1 and <= Partition.MostCount
            ? count : null;
}
