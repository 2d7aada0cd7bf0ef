using System.Globalization;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Members;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// Who is present, and how many partitions each is told of, by the leases that members keep of themselves. Of this process too: it takes
/// part from when the others can see it.
/// </summary>
internal static class PresentMembers
{
    /// <param name="view">What the watch of the group tells.</param>
    /// <param name="now">On the monotonic clock.</param>
    /// <param name="leaseName">That of the election.</param>
    public static IReadOnlyList<PartitionMember> Of(GroupView view, TimeSpan now, string leaseName)
    {
        var members = new Dictionary<string, PartitionMember>(StringComparer.Ordinal);
        foreach (GroupLease lease in view.Leases.Values)
        {
            if (lease.IsLiveAt(now) && lease.Holder is { } holder && MemberList.IsPresence(lease, leaseName))
                members[holder] = new PartitionMember(holder, CountOf(lease.Lease), lease.ChangedAt);
        }

        return [.. members.Values];
    }

    private static int? CountOf(Lease lease)
    {
        string? text = lease.ReadAnnotations().GetValueOrDefault(MemberTraits.PartitionsAnnotation);
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is >= 1 and <= Partition.MostCount;
        return valid ? count : null;
    }
}
