namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// How many partitions are shared out: as many as every member that is present is configured for. Members of two versions of an app would
/// otherwise work on one key in two partitions, and on the keys of some partitions not at all.
/// </summary>
internal sealed class PartitionCount(PartitionKeeperSettings settings, PartitionTurn turn, PartitionMembers members)
{
    private int _least;
    private TimeSpan _since;
    private PartitionEvent.CountsDiffer? _told;

    /// <summary>What is shared out; 0 before anything was seen.</summary>
    public int Shared { get; private set; }

    /// <summary>Since when.</summary>
    public TimeSpan SharedSince { get; private set; }

    /// <param name="from">Since when what is seen has been seen without a break.</param>
    public void Look(TimeSpan from)
    {
        PartitionEvent.CountsDiffer seen = See(out bool isOpen);
        if (Shared == 0 && isOpen)
            return; // Whoever has a smaller count may be long gone, or be all the others: that shows within seconds.
        Tell(seen);
        if (seen.Least != _least)
            (_least, _since) = (seen.Least, turn.Instant);
        if (Shared == 0)
            Shared = _least; // Nothing of ours runs yet.

        // One that crashes again and again, and never lives to be seen to, changes nothing.
        bool isAlive = seen.LeastOf == settings.Identity || members.IsAlive(seen.LeastOf, _since);
        if (_least == Shared || !isAlive || !turn.IsDue((_since > from ? _since : from) + settings.MoveAfter))
            return;
        turn.Report(new PartitionEvent.CountChanged(Shared, _least));
        (Shared, SharedSince) = (_least, turn.Instant);
    }

    private PartitionEvent.CountsDiffer See(out bool isOpen)
    {
        isOpen = false;
        (int least, int most) = (settings.Count, settings.Count);
        (string leastOf, string mostOf) = (settings.Identity, settings.Identity);
        foreach ((string identity, int? count, _) in turn.View.Members)
        {
            if (members.IsSilent(identity))
                continue;
            isOpen |= count < settings.Count && members.IsUnproven(identity);
            if (count < least)
                (least, leastOf) = (count.Value, identity);
            if (count > most)
                (most, mostOf) = (count.Value, identity);
        }

        return new PartitionEvent.CountsDiffer(settings.Count, least, leastOf, most, mostOf);
    }

    private void Tell(PartitionEvent.CountsDiffer seen)
    {
        if (seen.Least == seen.Most)
        {
            if (_told is not null)
                turn.Report(new PartitionEvent.CountsAgree(seen.Least));
            _told = null;
        }
        else if (_told is null || (_told.Least, _told.Most) != (seen.Least, seen.Most))
        {
            turn.Report(_told = seen);
        }
    }
}
