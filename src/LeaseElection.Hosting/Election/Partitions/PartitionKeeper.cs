namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Decides for one process which partitions it stands for, and which it gives up (design 13). As pure as <see cref="Elector"/>: it is told what is
/// seen and what the clock says, and answers what to do and when to look again.
/// </summary>
internal sealed class PartitionKeeper(PartitionKeeperSettings settings)
{
    /// <summary>
    /// Looks at a view. To be called whenever any of it has changed (a lease, who is present, a loop of ours), and at
    /// <see cref="PartitionOutput.WakeAt"/>; once too often or too early changes nothing. What it puts out is carried out before the next call.
    /// </summary>
    public IReadOnlyList<PartitionOutput> Look(PartitionView view, ElectionTime now) =>
        throw new NotImplementedException($"{settings}{view}{now}");
}
