namespace LeaseElection.Hosting.Configuration;

/// <summary>That an election has partitioned work, and what code says of the number of its partitions.</summary>
/// <param name="Election">The name of the election.</param>
/// <param name="Work">What messages call the work.</param>
/// <param name="Count">The number of partitions; <see langword="null"/> for that of the configuration.</param>
internal sealed record PartitionedWorkClaim(string Election, string Work, int? Count)
{
    /// <summary>The number of partitions of an election whose options have been checked; <see langword="null"/> if it has none.</summary>
    public static int? CountOf(LeaderElectionOptions options, string election, IEnumerable<PartitionedWorkClaim> claims)
    {
        PartitionedWorkClaim[] ours = [.. claims.Where(claim => claim.Election == election)];
        return ours.Length == 0
            ? null
            : options.Partitions.Count ?? ours.Select(claim => claim.Count).FirstOrDefault(count => count is not null);
    }
}
