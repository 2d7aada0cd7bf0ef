namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>What a change of the replicas came to.</summary>
/// <param name="What">The change.</param>
/// <param name="Needed">How many partitions had to move.</param>
/// <param name="Made">How many did, each time counted.</param>
/// <param name="LongestGap">The longest time in which a partition had no owner.</param>
/// <param name="Spread">How far the shares differ at the end.</param>
internal sealed record PartitionStep(string What, int Needed, int Made, TimeSpan LongestGap, int Spread);
