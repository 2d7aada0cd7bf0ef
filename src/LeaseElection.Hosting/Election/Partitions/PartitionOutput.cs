namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What to do. The set is closed.</summary>
internal abstract record PartitionOutput
{
    private PartitionOutput()
    {
    }

    /// <summary>
    /// Start a loop for the lease of this partition, which is <see cref="PartitionPart.Standing"/> from now on. Its work, should it lead,
    /// is one of <paramref name="Count"/>: what all members can do, which may be less than what this process is configured for.
    /// </summary>
    public sealed record Stand(int Index, int Count) : PartitionOutput;

    /// <summary>
    /// End the loop: shut it down, which drains and gives up what it may have obtained meanwhile. Not said again until the partition is
    /// <see cref="PartitionPart.None"/>.
    /// </summary>
    public sealed record Withdraw(int Index) : PartitionOutput;

    /// <summary>
    /// Give the partition up, draining first: the loop is told to step down and then to shut down, so that it ends when its lease is given
    /// up. Not said again until the partition is <see cref="PartitionPart.None"/>.
    /// </summary>
    /// <param name="Index">Which.</param>
    /// <param name="To">Whom the plan wants it of; <see langword="null"/>: there is another number of partitions now.</param>
    public sealed record StepDown(int Index, string? To) : PartitionOutput;

    /// <summary>Look again at this instant of the monotonic clock if nothing happens before, in place of the earlier one.</summary>
    public sealed record WakeAt(TimeSpan Instant) : PartitionOutput;

    /// <summary>Something worth telling people.</summary>
    public sealed record Report(PartitionEvent Event) : PartitionOutput;
}
