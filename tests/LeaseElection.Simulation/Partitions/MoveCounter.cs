namespace LeaseElection.Simulation;

/// <summary>
/// Counts how often a partition changes hands, and how often it had to: from who owns what when somebody comes or goes follows how few
/// moves lead to an even share.
/// </summary>
internal sealed class MoveCounter(Fleet fleet)
{
    private readonly string?[] _owners = new string?[fleet.Scenario.MostPartitions];
    private readonly bool[] _lapsed = new bool[fleet.Scenario.MostPartitions];
    private int _madeBefore;
    private int _due;

    public int Made { get; private set; }

    /// <summary>Those beyond what was due.</summary>
    public int Needless { get; private set; }

    /// <summary>Given to one that had left already.</summary>
    public int Blind { get; set; }

    /// <summary>Whether moves are counted against what is due; not at the beginning.</summary>
    public bool IsCounting { get; private set; }

    public void Begin()
    {
        MembersChanged();
        Made = _madeBefore = 0;
        IsCounting = true;
    }

    /// <summary>
    /// Its owner could not renew it in time: to all others that is no different from a dead one, and whoever takes it is due to.
    /// </summary>
    public void Lapsed(int index) => _lapsed[index] = true;

    public void Owned(int index, string owner)
    {
        bool isDue = _lapsed[index];
        _lapsed[index] = false;
        if (_owners[index] == owner)
            return;
        if (isDue)
            _due++;
        _owners[index] = owner;
        Made++;
    }

    /// <summary>Somebody came or goes: what was due before is due no more.</summary>
    public void MembersChanged()
    {
        Settle();
        _due = Due();
        fleet.Chronicle?.Add(fleet.Now, "oracle", $"{Made} moves made, {Needless} of them needless, {_due} due");
    }

    /// <summary>Adds up what was too much since the last change.</summary>
    public void Settle()
    {
        if (IsCounting)
            Needless += Math.Max(Made - _madeBefore - _due, 0);
        _due = Math.Max(_due - (Made - _madeBefore), 0);
        _madeBefore = Made;
    }

    /// <summary>The fewest moves to an even share, and those that are on their way already.</summary>
    private int Due()
    {
        Replica[] replicas = [.. fleet.Replicas];
        int shared = fleet.Oracle.Shared;
        if (replicas.Length == 0)
            return 0;
        (int least, int spare) = Math.DivRem(shared, replicas.Length);
        int kept = 0;
        foreach (Replica replica in replicas)
        {
            int held = _owners.Take(shared).Count(owner => owner == replica.Identity);
            bool isMore = held > least && spare-- > 0;
            kept += Math.Min(held, isMore ? least + 1 : least);
        }

        return shared - kept + fleet.Oracle.Running.Count(work => work is { IsTold: true, Replica.IsLeaving: false });
    }
}
