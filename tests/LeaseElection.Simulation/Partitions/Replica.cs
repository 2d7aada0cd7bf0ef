using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Simulation;

/// <summary>
/// One process of a fleet: the real keeper, a real elector for each partition that it stands for, and around them what the hosting does,
/// which decides nothing.
/// </summary>
internal sealed class Replica
{
    /// <summary>After this a process that was asked to leave is killed.</summary>
    private static readonly TimeSpan ShutDownTimeout = TimeSpan.FromSeconds(60);

    private readonly Fleet _fleet;
    private readonly ElectionClock _clock;
    private readonly PartitionKeeper _keeper;
    private readonly GroupSight _sight;
    private readonly Presence _presence;
    private readonly PartitionLoop?[] _loops;
    private readonly LeaseMemory[] _memories;
    private readonly bool[] _isLent;
    private readonly List<Action> _onResume = [];
    private bool _isLookDue;
    private int _wake;

    public Replica(Fleet fleet, Machine machine, string identity)
    {
        _fleet = fleet;
        Machine = machine;
        Count = machine.Count;
        Settings = fleet.Scenario.Settings with { Identity = identity };
        _clock = new ElectionClock(machine.Clock);
        _keeper = new PartitionKeeper(fleet.Scenario.KeeperSettings(Settings, Count));
        _sight = new GroupSight(fleet, this);
        _presence = new Presence(fleet, this);
        _loops = new PartitionLoop?[Count];
        _memories = [.. Enumerable.Range(0, Count).Select(_ => new LeaseMemory())];
        _isLent = new bool[Count];
        BootedAt = fleet.Now;
    }

    public Machine Machine { get; }

    public ElectorSettings Settings { get; }

    public string Identity => Settings.Identity;

    public int Count { get; }

    public TimeSpan BootedAt { get; }

    public bool IsDead { get; private set; }

    public bool IsLeaving { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>When it was last resumed, on its own monotonic clock.</summary>
    public TimeSpan ResumedAt { get; private set; } = TimeSpan.MinValue;

    public ElectionTime Clock => _clock.Now;

    public TimeSpan Monotonic => _clock.Now.Monotonic;

    /// <summary>How often the keeper said to start, end or give up something.</summary>
    public int Acts { get; private set; }

    public void Start()
    {
        _presence.Start();
        _sight.List();
    }

    /// <summary>SIGTERM: the presence is given up first, so that the others plan without us at once.</summary>
    public void Leave()
    {
        if (IsLeaving || IsDead)
            return;
        IsLeaving = true;
        _fleet.Chronicle?.Add(_fleet.Now, Machine.Name, "is asked to leave");
        _fleet.Oracle.MembersChanged();
        WhenAwake(() =>
        {
            _presence.GiveUp();
            Look();
        });
        _fleet.In(ShutDownTimeout, () =>
        {
            if (!IsDead)
                Machine.Kill();
        });
    }

    public void Die()
    {
        IsDead = true;
        _sight.Forget();
        foreach (PartitionLoop? loop in _loops)
            loop?.Die();
    }

    public void Freeze() => IsFrozen = true;

    public void Resume()
    {
        if (IsDead || !IsFrozen)
            return;
        IsFrozen = false;
        ResumedAt = Monotonic;
        Action[] missed = [.. _onResume];
        _onResume.Clear();
        foreach (PartitionLoop? loop in _loops)
            loop?.LookAtDeadline(); // The watchdog, which has a thread of its own.
        foreach (Action happens in missed)
            _fleet.In(_fleet.Upto(TimeSpan.FromMilliseconds(50)), () => WhenAwake(happens));
        LookSoon();
    }

    /// <summary>Does it now, or once the process runs again.</summary>
    public void WhenAwake(Action happens)
    {
        if (IsDead)
            return;
        if (IsFrozen)
            _onResume.Add(happens);
        else
            happens();
    }

    /// <summary>Calls back when this much time has passed by our clock.</summary>
    public void After(TimeSpan pause, Action happens) => _fleet.In(
        Machine.Clock.InTruth(pause > TimeSpan.Zero ? pause : TimeSpan.Zero) + TimeSpan.FromMicroseconds(_fleet.Random.Next(2000)),
        () => WhenAwake(happens));

    public void Told(GroupWatch watch, string name, Lease lease) => WhenAwake(() => _sight.Told(watch, name, lease));

    public void ToldGone(GroupWatch watch, string name, string version) => WhenAwake(() => _sight.ToldGone(watch, name, version));

    public void WatchBroke(GroupWatch watch) => WhenAwake(() => _sight.Broke(watch));

    public void BreakWatch() => _sight.Break();

    public void SilenceWatch() => _sight.Silence();

    /// <summary>
    /// What was seen of the lease of a partition, for the elector that stands for it, or the next one after one that did.
    /// </summary>
    public void Seen(int index, Lease lease)
    {
        if (index >= Count)
            return;
        if (_loops[index] is { } loop)
            loop.Hear(lease);
        else if (_isLent[index])
            _memories[index].View.ObserveNext(lease, Monotonic, _memories[index].Own.Contains(lease));
    }

    /// <summary>The lease of a partition is gone. Only who stands for it is told: the next one's look finds that.</summary>
    public void Gone(int index, string version)
    {
        if (index < Count)
            _loops[index]?.HearGone(version);
    }

    /// <summary>The newest version of a partition's lease that the watch has told.</summary>
    public Lease? Newest(int index) => _sight.Newest(index);

    /// <summary>The version in which the lease of a partition was gone, if it is.</summary>
    public string? GoneIn(int index) => _sight.GoneIn(index);

    public void LookSoon()
    {
        if (_isLookDue || IsDead)
            return;
        _isLookDue = true;
        _fleet.In(TimeSpan.FromMicroseconds(200 + _fleet.Random.Next(2000)), () => WhenAwake(() =>
        {
            _isLookDue = false;
            Look();
        }));
    }

    public PartitionPart PartOf(int index) => _loops[index]?.Part ?? PartitionPart.None;

    public void Ended(int index)
    {
        _loops[index] = null;
        LookSoon();
        if (IsLeaving && Array.TrueForAll(_loops, loop => loop is null))
            _fleet.In(TimeSpan.FromMilliseconds(1), () => Machine.Exited(this));
    }

    /// <summary>Who has never stood for it knows no more of it than what is seen of it now.</summary>
    private LeaseMemory Lend(int index)
    {
        LeaseMemory memory = _memories[index];
        if (!_isLent[index] && _sight.Newest(index) is { } newest)
            memory.View.Observe(newest, _sight.ChangedAt(index), newest: false, own: false);
        _isLent[index] = true;
        return memory;
    }

    private void Look()
    {
        if (IsDead)
            return;
        var view = new PartitionView
        {
            AsOf = _sight.AsOf,
            Members = _sight.Members(_presence.IsConfirmed),
            Partitions = _sight.Partitions(),
            IsLeaving = IsLeaving,
        };
        IReadOnlyList<PartitionOutput> outputs = _keeper.Look(view, Clock);
        foreach (PartitionOutput output in outputs)
            CarryOut(output);
        if (IsLeaving && Array.TrueForAll(_loops, loop => loop is null))
            _fleet.In(TimeSpan.FromMilliseconds(1), () => Machine.Exited(this));
    }

    private void CarryOut(PartitionOutput output)
    {
        if (output is not PartitionOutput.WakeAt)
            _fleet.Chronicle?.Add(_fleet.Now, Machine.Name, "keeper -> " + output);
        Acts += output is PartitionOutput.Stand or PartitionOutput.Withdraw or PartitionOutput.StepDown ? 1 : 0;
        switch (output)
        {
            case PartitionOutput.Stand stand:
                if (_loops[stand.Index] is not null)
                    _fleet.Oracle.Fail("the keeper stands for a partition twice", Identity);
                _loops[stand.Index] = new PartitionLoop(_fleet, this, stand.Index, stand.Count, Lend(stand.Index));
                _loops[stand.Index]!.Post(new ElectionInput.Started());
                break;
            case PartitionOutput.Withdraw withdraw:
                _loops[withdraw.Index]!.Post(new ElectionInput.ShutDownRequested());
                break;
            case PartitionOutput.StepDown stepDown:
                _fleet.Oracle.Moves(this, stepDown.Index, stepDown.To);
                _loops[stepDown.Index]!.Post(new ElectionInput.StepDownRequested());
                _loops[stepDown.Index]?.Post(new ElectionInput.ShutDownRequested());
                break;
            case PartitionOutput.WakeAt wake:
                int number = ++_wake;
                After(wake.Instant - Monotonic, () =>
                {
                    if (number == _wake)
                        Look();
                });
                break;
            case PartitionOutput.Report report:
                _fleet.Oracle.Told(report.Event);
                break;
        }
    }
}
