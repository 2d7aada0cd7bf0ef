using System.Globalization;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Partitions;

/// <summary>What the lease of a partition bears beside its record: how people find it, and what its holder was told of.</summary>
internal static class PartitionTraits
{
    private const string Label = "leaseelection.dev/partitions-of";

    public static LeaseTraits Of(string leaseName, int count) => new()
    {
        Labels = new Dictionary<string, string> { [Label] = LeaseGroupName.Of(leaseName) },
        Annotations = new Dictionary<string, string>
        {
            [MemberTraits.PartitionsAnnotation] = count.ToString(CultureInfo.InvariantCulture),
        },
    };
}
