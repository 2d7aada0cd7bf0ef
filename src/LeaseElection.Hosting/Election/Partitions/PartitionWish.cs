namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What the keeper remembers of one partition.</summary>
internal sealed class PartitionWish
{
    /// <summary>Whom the plan wants it of; <see langword="null"/>: of nobody.</summary>
    public string? Owner { get; private set; }

    /// <summary>Since when, without a break.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>Who holds it, as far as that is to be believed; <see langword="null"/>: it is free.</summary>
    public string? Holder { get; private set; }

    /// <summary>Since when.</summary>
    public TimeSpan HeldSince { get; private set; }

    /// <summary>What is seen of it.</summary>
    public PartitionSight Sight { get; private set; }

    /// <summary>What was seen of it at the look before.</summary>
    public PartitionSight Last { get; private set; }

    /// <summary>Of how many partitions our loop for it was started as one.</summary>
    public int RunsAs { get; set; }

    /// <summary>Whether our loop for it was told to end, and has not yet.</summary>
    public bool IsEnding { get; set; }

    public void Want(string? owner, TimeSpan now) => (Owner, Since) = owner == Owner ? (Owner, Since) : (owner, now);

    public void See(PartitionSight sight, string? holder, TimeSpan now)
    {
        (Last, Sight) = (Sight, sight);
        (Holder, HeldSince) = holder == Holder ? (Holder, HeldSince) : (holder, now);
    }
}
