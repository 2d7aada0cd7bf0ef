using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Members;

/// <summary>Makes members of the leases by which they show that they are here.</summary>
internal static class MemberList
{
    /// <summary>Whether a lease is that of a member of this election: by its label, and by the form of its name.</summary>
    public static bool IsPresence(GroupLease lease, string leaseName) =>
        MemberLeaseName.IsOne(leaseName, lease.Name)
        && lease.Lease.ReadLabels().GetValueOrDefault(MemberTraits.Label) == LeaseGroupName.Of(leaseName);

    /// <param name="view">What is known of the leases.</param>
    /// <param name="now">Both clocks.</param>
    /// <param name="leaseName">That of the election.</param>
    /// <param name="self">This process, which is here whether or not its lease could be written.</param>
    /// <param name="holder">Who leads; <see langword="null"/> for nobody.</param>
    public static IReadOnlyList<ElectionMember> Of(
        GroupView view, ElectionTime now, string leaseName, ElectionMember self, string? holder)
    {
        string own = MemberLeaseName.Of(leaseName, self.Identity);
        List<ElectionMember> members = [];
        foreach (GroupLease lease in view.Leases.Values)
        {
            if (lease.IsLiveAt(now.Monotonic) && lease.Holder is { } identity && (lease.Name == own || identity != self.Identity)
                && IsPresence(lease, leaseName))
            {
                members.Add(new ElectionMember
                {
                    Identity = identity,
                    Since = lease.Lease.Record.AcquireTime ?? now.Wall - (now.Monotonic - lease.ChangedAt),
                    Labels = lease.Lease.ReadLabels(),
                    Leads = identity == holder,
                    IsSelf = identity == self.Identity,
                });
            }
        }

        if (!members.Exists(member => member.IsSelf))
            members.Add(self with { Leads = self.Identity == holder });
        return [.. members.OrderBy(member => member.Since).ThenBy(member => member.Identity, StringComparer.Ordinal)];
    }

    public static bool AreSame(IReadOnlyList<ElectionMember> one, IReadOnlyList<ElectionMember> other) =>
        one.Count == other.Count && one.Zip(other).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(ElectionMember one, ElectionMember other) =>
        one with { Labels = other.Labels } == other
        && one.Labels.Count == other.Labels.Count
        && one.Labels.All(label => other.Labels.GetValueOrDefault(label.Key) == label.Value);
}
