using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What the number of partitions must be: one, the same wherever it is said, and possible.</summary>
internal static class PartitionRules
{
    private const string CountKey = "Partitions:Count";

    private static readonly TimeSpan LongestMoveAfter = TimeSpan.FromHours(1);

    public static void Check(
        LeaderElectionOptions options, LeaderElectionRegistration registration, IEnumerable<PartitionedWorkClaim> claims,
        OptionFailures failures)
    {
        PartitionedWorkClaim[] ours = [.. claims.Where(claim => claim.Election == registration.Name)];
        if (options.Partitions.MoveAfter < TimeSpan.Zero || options.Partitions.MoveAfter > LongestMoveAfter)
        {
            failures.Add(
                "Partitions:MoveAfter", options.Partitions.MoveAfter, $"from zero to {OptionFailures.Format(LongestMoveAfter)}",
                $"write \"{OptionFailures.Format(new PartitionOptions().MoveAfter)}\", the default");
        }

        if (options.Partitions.Count is < 1 or > Partition.MostCount)
        {
            failures.Add(
                CountKey, Text(options.Partitions.Count.Value), $"a whole number from 1 to {Text(Partition.MostCount)}",
                "each partition is a lease that its owner renews, and may hold any number of keys");
        }
        else if (ours.Length == 0)
        {
            if (options.Partitions.Count is { } unused)
            {
                failures.Add(
                    $"{registration.KeyOf(CountKey)} is {Text(unused)}, but this election has no partitioned work: add it by "
                    + "AddPartitionedWork, or remove the setting.");
            }
        }
        else
        {
            CheckAgreement(options, registration, ours, failures);
        }
    }

    private static void CheckAgreement(
        LeaderElectionOptions options, LeaderElectionRegistration registration, PartitionedWorkClaim[] ours, OptionFailures failures)
    {
        PartitionedWorkClaim? first = Array.Find(ours, claim => claim.Count is not null);
        if (first is null && options.Partitions.Count is null)
        {
            if (!failures.IsMisread(CountKey))
            {
                failures.Add(
                    $"{registration.KeyOf(CountKey)} is not set, but {ours[0].Work} is partitioned work, and every replica must be "
                    + "told into how many partitions: set it, or pass the number to AddPartitionedWork.");
            }

            return;
        }

        if (first is not null && Array.Find(ours, claim => claim.Count is { } count && count != first.Count) is { } other)
        {
            failures.Add(
                $"AddPartitionedWork says {Text(first.Count!.Value)} partitions for {first.Work} and {Text(other.Count!.Value)} for "
                + $"{other.Work}, but all partitioned work of one election shares its partitions: make the numbers equal, or give "
                + "one of them an election of its own (AddLeaderElection with a name).");
        }
        else if (first?.Count is { } inCode && options.Partitions.Count is { } set && inCode != set)
        {
            failures.Add(
                CountKey, Text(set), $"{Text(inCode)}, which AddPartitionedWork says for {first.Work}",
                "change one of them, or leave one out");
        }

        CheckLeaseName(options, registration, options.Partitions.Count ?? first!.Count!.Value, failures);
    }

    /// <summary>The lease of the last partition has the longest name.</summary>
    private static void CheckLeaseName(
        LeaderElectionOptions options, LeaderElectionRegistration registration, int count, OptionFailures failures)
    {
        if (options.LeaseName is not { } name || !KubernetesName.IsSubdomain(name))
            return;
        string last = PartitionLeaseName.Of(name, count - 1);
        if (!KubernetesName.IsSubdomain(last))
        {
            failures.Add(
                $"{registration.KeyOf(nameof(options.LeaseName))} has {Text(name.Length)} characters, but its {Text(count)} "
                + $"partitions have leases of their own, the last of which, {last}, would have {Text(last.Length)}, and a name "
                + $"has 253 at most: make it {Text(last.Length - KubernetesName.LongestSubdomain)} shorter.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
