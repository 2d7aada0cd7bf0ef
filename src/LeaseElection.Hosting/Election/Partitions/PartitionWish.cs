namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What the keeper remembers of one partition.</summary>
internal sealed class PartitionWish
{
    /// <summary>Whom the plan wants it of; <see langword="null"/>: of nobody.</summary>
    public string? Owner { get; private set; }

    /// <summary>Since when, without a break.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>
    /// Since when, without a break, of others than us, whoever it was: where partitions that nobody can keep go from hand to hand, that
    /// changes all the time.
    /// </summary>
    public TimeSpan AwaySince { get; private set; }

    /// <summary>Who holds it, as far as that is to be believed; <see langword="null"/>: it is free.</summary>
    public string? Holder { get; private set; }

    /// <summary>Since when.</summary>
    public TimeSpan HeldSince { get; private set; }

    /// <summary>What is seen of it; of one whose lease is gone, what was seen last.</summary>
    public PartitionSight Sight { get; private set; } = new(null, TimeSpan.MinValue, TimeSpan.MinValue, PartitionPart.None);

    /// <summary>What was seen of it at the look before.</summary>
    public PartitionSight Last { get; private set; }

    /// <summary>Whether it can be owned at all, as far as anybody knows: only then is who does not take it to blame for that.</summary>
    public bool CanBeOwned { get; set; } = true;

    /// <summary>Of how many partitions our loop for it was started as one.</summary>
    public int RunsAs { get; set; }

    /// <summary>Whether our loop for it was told to end, and has not yet.</summary>
    public bool IsEnding { get; set; }

    public void Want(string? owner, string self, TimeSpan now)
    {
        bool isAway = owner is not null && owner != self;
        bool wasAway = Owner is not null && Owner != self;
        AwaySince = isAway && wasAway ? AwaySince : now;
        (Owner, Since) = owner == Owner ? (Owner, Since) : (owner, now);
    }

    public void See(PartitionSight sight, string? holder, TimeSpan now)
    {
        (Last, Sight) = (Sight, sight);
        CanBeOwned &= holder is null || holder == Holder; // Whoever has it now has yet to show it.
        (Holder, HeldSince) = holder == Holder ? (Holder, HeldSince) : (holder, now);
    }
}
