namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>Who owns which partition, as this process sees it.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Held">How many of them this process works on.</param>
/// <param name="Unowned">How many of them nobody owns.</param>
/// <param name="All">By index.</param>
internal sealed record SeenPartitions(int Count, int Held, int Unowned, IReadOnlyList<PartitionStatus> All)
{
    /// <summary><see langword="null"/> for an election without partitioned work.</summary>
    public static SeenPartitions? Of(IElectionPartitions? partitions) => partitions?.Partitions is not { } all ? null : new SeenPartitions(
        all.Count,
        all.Count(partition => partition.IsHeldHere),
        all.Count(partition => partition is { HolderIdentity: null, Since: not null }),
        all);
}
