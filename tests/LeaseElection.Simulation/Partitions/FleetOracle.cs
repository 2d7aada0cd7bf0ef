namespace LeaseElection.Simulation;

/// <summary>
/// Knows the true time and checks the promises about partitions against it. It knows nothing of plan and keeper: it sees work run.
/// </summary>
internal sealed class FleetOracle(Fleet fleet)
{
    private readonly List<PartitionWork> _running = [];
    private readonly (TimeSpan Since, bool IsReleased)[] _free = new (TimeSpan, bool)[fleet.Scenario.MostPartitions];
    private readonly (string? By, TimeSpan At)[] _promised = new (string?, TimeSpan)[fleet.Scenario.MostPartitions];
    private readonly Dictionary<string, int> _counts = [];
    private TimeSpan _troubledUntil;

    public Violation? Violation { get; private set; }

    public MoveCounter MovesMade { get; } = new(fleet);

    public int Terms { get; private set; }

    /// <summary>
    /// How often a partition that was given up, or that a dead owner left, was owned again later than by the next owner at once.
    /// </summary>
    public int Late { get; private set; }

    /// <summary>Overlaps with work of a process that was frozen.</summary>
    public int Excused { get; private set; }

    public IReadOnlyList<PartitionWork> Running => _running;

    /// <summary>What everybody who is to share partitions out is configured for at least.</summary>
    public int Shared => fleet.Replicas.Select(replica => replica.Count).DefaultIfEmpty(0).Min();

    public int CountOf(string identity) => _counts[identity];

    public void Fail(string rule, string what)
    {
        Violation ??= new Violation(fleet.Now, rule, what);
        fleet.Chronicle?.Add(fleet.Now, "ORACLE", $"*** {Violation} ***");
    }

    public void Booted(Replica replica)
    {
        _counts[replica.Identity] = replica.Count;
        MembersChanged();

        // What was free may be under way to the others, who do not know yet: that is due from where it has arrived.
        fleet.In(FleetBounds.HandOver(fleet.Scenario, isReleased: true), MembersChanged);
    }

    public void MembersChanged() => MovesMade.MembersChanged();

    /// <summary>Something is wrong until then: nobody is blamed for what is not owned before.</summary>
    public void Trouble(TimeSpan time)
    {
        TimeSpan until = fleet.Now + time;
        _troubledUntil = until > _troubledUntil ? until : _troubledUntil;
    }

    public void WorkBegan(PartitionWork work)
    {
        Terms++;
        fleet.Chronicle?.Add(fleet.Now, work.Replica.Machine.Name, $"works on {work.Index} of {work.Count}");
        foreach (PartitionWork other in _running)
        {
            if (other.Index == work.Index && other.Replica == work.Replica)
                Fail($"work of partition {work.Index} began while that of the last term ran", work.Replica.Identity);
            else if (other.Index == work.Index)
                Judge(other, work);
        }

        CheckGap(work.Index, work.Replica);
        if (!IsStuck(work.Index))
            MovesMade.Owned(work.Index, work.Replica.Identity);
        _running.Add(work);
    }

    public void WorkEnded(PartitionWork work)
    {
        _running.Remove(work);
        fleet.Chronicle?.Add(fleet.Now, work.Replica.Machine.Name, $"works on {work.Index} no more");
        if (!_running.Exists(other => other.Index == work.Index))
            _free[work.Index] = (fleet.Now, false);
        if (work.Replica.Monotonic >= work.Deadline)
            MovesMade.Lapsed(work.Index);
    }

    /// <summary>Until when some member is given nothing by another, because it did not take what was wanted of it.</summary>
    public TimeSpan PausedUntil { get; private set; }

    public void Told(Hosting.Election.Partitions.PartitionEvent told)
    {
        if (told is not Hosting.Election.Partitions.PartitionEvent.PassedOver { For: { } pause })
            return;
        TimeSpan until = fleet.Now + (pause / (1 - fleet.Scenario.RateError));
        PausedUntil = until > PausedUntil ? until : PausedUntil;
    }

    /// <summary>
    /// Its lease is held or renewed. Whoever took it before may have died before its work began: that counts from its write.
    /// </summary>
    public void Promised(int index, string by)
    {
        (string? before, TimeSpan at) = _promised[index];
        if (before != by && at > _free[index].Since)
            _free[index] = (at, false);
        _promised[index] = (by, fleet.Now);
    }

    /// <summary>It was given up.</summary>
    public void Released(int index) => _free[index] = (fleet.Now, true);

    /// <summary>The keeper gives a partition up.</summary>
    public void Moves(Replica replica, int index, string? to)
    {
        if (to is null || to == replica.Identity)
            return;
        if (!fleet.Server.Leases.TryGetValue(to, out Hosting.Leases.Lease? presence) || !presence.Record.HasHolder)
            MovesMade.Blind++; // It has left, and the news is under way.
        fleet.Chronicle?.Add(fleet.Now, replica.Machine.Name, $"gives {index} to {to}");
    }

    /// <summary>
    /// Whether every partition is owned by one that stays, and nobody owns two more than another, as if somebody owned those too that
    /// nobody can own: they are no part of anybody's share, but count in the size of all.
    /// </summary>
    public bool IsSettled()
    {
        int shared = Shared;
        PartitionWork[] running = [.. _running.Where(work => !IsStuck(work.Index))];
        Replica[] replicas = [.. fleet.Replicas];
        bool isAllOwned = running.Length == shared - fleet.Scenario.Stuck.Count(index => index < shared);
        if (!isAllOwned || replicas.Length == 0)
            return isAllOwned;
        (int least, int spare) = Math.DivRem(shared, replicas.Length);
        foreach (Replica replica in replicas)
        {
            int more = running.Count(work => work.Replica == replica) - least;
            if (more > 1 || (more == 1 && --spare < 0))
                return false;
        }

        return Array.TrueForAll(running, work =>
            !work.IsTold && !work.Replica.IsLeaving && work.Count == shared && work.Index < shared);
    }

    public void CheckSettled(TimeSpan bound)
    {
        CheckGaps();
        if (Violation is null && !IsSettled())
            Fail($"not settled within {bound.TotalSeconds:0} s", Describe());
    }

    public void CheckGaps()
    {
        for (int i = 0; i < fleet.Scenario.LeastPartitions && Violation is null; i++)
        {
            if (!IsStuck(i) && !_running.Exists(work => work.Index == i))
                CheckGap(i);
        }
    }

    public string Describe() => string.Join(", ", fleet.Replicas.Select(replica =>
        $"{replica.Identity} of {replica.Count}: "
        + string.Join(' ', _running.Where(work => work.Replica == replica).Select(work => work.Index).Order())));

    /// <summary>
    /// What is wanted of nobody but those who are dead is taken when their lease has run out, and passed on twice at most, by whoever has
    /// been there for longest.
    /// </summary>
    private void CheckGap(int index, Replica? taker = null)
    {
        if (index >= fleet.Scenario.LeastPartitions || IsStuck(index))
            return;
        TimeSpan from = fleet.Replicas.Select(replica => replica.BootedAt).DefaultIfEmpty(fleet.Now).Min();
        from = _free[index].Since > from ? _free[index].Since : from;
        from = _troubledUntil > from ? _troubledUntil : from;
        TimeSpan gap = fleet.Now - from;
        if (gap > FleetBounds.Gap(fleet.Scenario))
            Fail($"partition {index} had no owner for {gap.TotalSeconds:0.0} s", Describe());
        if (taker is not null && !_free[index].IsReleased && taker.BootedAt > from)
            gap = fleet.Now - taker.BootedAt; // Who came later waits from when it came.
        else if (taker is not null && taker.BootedAt + FleetBounds.Learns(fleet.Scenario) is var learned && learned > from)
            gap = fleet.Now - learned;
        if (gap > FleetBounds.HandOver(fleet.Scenario, _free[index].IsReleased))
        {
            Late++;
            fleet.Chronicle?.Add(fleet.Now, "oracle", $"{index} was free for {gap.TotalSeconds:0.000} s");
        }
    }

    private bool IsStuck(int index) => fleet.Scenario.Stuck.Contains(index);

    /// <summary>As <see cref="Excuse"/>: a process that was frozen acts late.</summary>
    private void Judge(PartitionWork one, PartitionWork newer)
    {
        Replica replica = one.Replica;
        bool isOver = replica.Monotonic >= one.Deadline;
        if ((isOver && replica.IsFrozen) || replica.ResumedAt > one.Deadline - TimeSpan.FromMilliseconds(500))
            Excused++;
        else
            Fail($"two owners of partition {newer.Index}", $"{replica.Identity} and {newer.Replica.Identity}");
    }
}
