using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// The work of one term of one partition. It takes its time to drain, less when leadership was lost, and faults where it is poisoned.
/// </summary>
internal sealed class PartitionWork(Fleet fleet, Replica replica, PartitionLoop loop, int count, TermValidity validity)
{
    private bool _isStopAwaited;
    private bool _isHurried;
    private int _end;

    public Replica Replica => replica;

    public int Index => loop.Index;

    /// <summary>Of how many partitions it is one.</summary>
    public int Count => count;

    /// <summary>Until when its term is proven, by the clock of its process.</summary>
    public TimeSpan Deadline { get; private set; } = validity.Deadline;

    public bool IsEnded { get; private set; } = true;

    public bool IsTold { get; private set; }

    public void Start()
    {
        IsEnded = false;
        fleet.Oracle.WorkBegan(this);
        if (replica.Machine.Poisoned.Contains(Index) || fleet.Scenario.FaultsEverywhere(Index))
            fleet.In(fleet.Upto(TimeSpan.FromSeconds(1)), () => replica.WhenAwake(Fault));
    }

    public void Extend(TermValidity extended) => Deadline = extended.Deadline;

    public void Stop(bool isLost)
    {
        IsTold = _isStopAwaited = true;
        _isHurried = isLost;
        if (IsEnded)
            fleet.In(TimeSpan.Zero, () => loop.Post(new ElectionInput.WorkStopped()));
        else
            EndWithin(isLost ? fleet.Scenario.StopBudget : fleet.Scenario.Drain);
    }

    /// <summary>Leadership is lost: there is less time than it may have been told.</summary>
    public void Hurry()
    {
        if (_isHurried || !IsTold || IsEnded)
            return;
        _isHurried = true;
        if (fleet.Scenario.Drain > fleet.Scenario.StopBudget)
            EndWithin(fleet.Scenario.StopBudget);
    }

    /// <summary>The process was killed.</summary>
    public void Die()
    {
        if (!IsEnded)
            Ended();
    }

    private void EndWithin(TimeSpan longest)
    {
        int end = ++_end;
        fleet.In(replica.Machine.Clock.InTruth(fleet.Upto(longest)), () => replica.WhenAwake(() =>
        {
            if (end != _end || IsEnded)
                return;
            Ended();
            if (_isStopAwaited)
                loop.Post(new ElectionInput.WorkStopped());
        }));
    }

    private void Fault()
    {
        if (IsEnded || IsTold)
            return;
        Ended();
        loop.Post(new ElectionInput.WorkFaulted(0, new InvalidOperationException("simulated")));
    }

    private void Ended()
    {
        IsEnded = true;
        fleet.Oracle.WorkEnded(this);
    }
}
