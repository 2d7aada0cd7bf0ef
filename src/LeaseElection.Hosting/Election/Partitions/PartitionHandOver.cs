namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// One partition at a time: the next is given up when the last has ended here and was taken elsewhere, or nobody takes it. A new owner that
/// dies meanwhile costs one partition a few seconds, not all of them.
/// </summary>
internal sealed class PartitionHandOver(PartitionKeeperSettings settings, PartitionTurn turn)
{
    private int _index = -1;
    private TimeSpan? _endedAt;

    public bool IsUnderWay => _index >= 0;

    public void Begin(int index, string? to)
    {
        _index = index;
        _endedAt = null;
        turn.Out(new PartitionOutput.StepDown(index, to));
    }

    public void Look(IReadOnlyList<PartitionWish> partitions)
    {
        if (!IsUnderWay)
            return;
        PartitionWish partition = partitions[_index];
        PartitionSight sight = turn.View.Partitions[_index];
        if (partition.IsEnding)
            return;
        _endedAt ??= turn.Instant;
        bool isTaken = sight.Part == PartitionPart.Leading || (sight.Holder is { } holder && holder != settings.Identity);
        bool isNone = partition.Owner is null;
        if (isTaken || isNone || turn.IsDue(_endedAt.Value + (settings.RetryPeriod * 4)))
            _index = -1;
    }
}
