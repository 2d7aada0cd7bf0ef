using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Simulation;

/// <summary>
/// One process: the real core and the real <see cref="LeadershipTerm"/>, and around them what the loop, the store, the watchdog and
/// the thread pool do. It decides nothing, as the loop does not.
/// </summary>
internal sealed class SimProcess
{
    /// <summary>How long it takes, where a process wants the lease for a while only, until another of it does.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>Between one holder of a process and the next who wants the lease.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private readonly World _world;
    private readonly LeaseMemory _memory = new();
    private readonly ElectionClock _clock;
    private readonly Queue<(ElectionInput Input, Call? Call)> _inputs = [];
    private readonly SimHolderWatch? _holder;
    private Elector _elector;
    private ServerWatch? _watch;
    private bool _standsAgain;
    private bool _isPumpDue;

    /// <param name="world">Where it is.</param>
    /// <param name="node">On which machine.</param>
    /// <param name="settings">What its electors run by.</param>
    /// <param name="own">What it says of itself, where standbys look at Pods.</param>
    public SimProcess(World world, Node node, ElectorSettings settings, HolderProcess? own = null)
    {
        _world = world;
        Settings = settings;
        Node = node;
        _clock = new ElectionClock(node.Clock);
        Timers = new SimTimers(world, this);
        Truth = new ProcessTruth(world, this);
        Watchdog = new SimWatchdog(world, this);
        _elector = NewElector();
        _holder = own is null ? null : new SimHolderWatch(world, this, own);
    }

    public Node Node { get; }

    /// <summary>What the oracle knows of it, and it does not.</summary>
    public ProcessTruth Truth { get; }

    public SimTimers Timers { get; }

    public SimWatchdog Watchdog { get; }

    public ElectorSettings Settings { get; }

    public string Identity => Settings.Identity;

    /// <summary>How many electors it has had before: more than none only where they stand for one term each.</summary>
    public int Round { get; private set; }

    /// <summary>What the core says is wrong.</summary>
    public LeaseStoreError? LastError => _elector.LastError;

    public LeaderElectionState State => _elector.State;

    /// <summary>The term that <see cref="Work"/> runs for; <see langword="null"/> once its work has ended.</summary>
    public LeadershipTerm? Term { get; private set; }

    public SimWork? Work { get; private set; }

    public bool IsFrozen => Timers.AreFrozen;

    /// <summary>When it last ran again, on its monotonic clock.</summary>
    public TimeSpan ResumedAt { get; private set; } = TimeSpan.MinValue;

    public bool IsDead { get; private set; }

    public bool IsShuttingDown { get; private set; }

    /// <summary>Whether the core has been told to shut down.</summary>
    public bool HasHeardStop { get; private set; }

    /// <summary>What its core reads: the monotonic clock since the process began.</summary>
    public TimeSpan Monotonic => Clocks.Monotonic;

    public ElectionTime Clocks => _clock.Now;

    /// <summary>The true time, which the process itself never learns.</summary>
    public TimeSpan Now => _world.Now;

    public bool IsHeld => !IsDead && Term is { IsHeld: true };

    public void Start()
    {
        Dictionary<string, string> first = [];
        if (_world.Scenario.SaysNotes)
            first[SimNotes.Who] = Identity;
        if (_holder is not null)
            first[HolderProcess.Note] = _holder.Note;
        if (first.Count > 0)
            Post(new ElectionInput.FirstNotesChanged(first));
        Post(new ElectionInput.Started());
        if (Settings.ForOneTerm && _world.Random.Next(2) == 0)
            InRound(_world.Random.Next(2) * _world.Upto(Settings.LeaseDuration * 2), () => Post(new ElectionInput.WaitingEnded()));
    }

    public void StepDown() => Post(new ElectionInput.StepDownRequested());

    public void ShutDown()
    {
        if (IsShuttingDown)
            return;
        IsShuttingDown = true;
        _world.Chronicle?.Add(_world.Now, Node.Name, "is asked to shut down");
        Post(new ElectionInput.ShutDownRequested());
    }

    public void Die()
    {
        IsDead = true;
        _world.Oracle.Notes.Forget(this);
        _watch?.Forget();
        Work?.Die();
        _world.Oracle.LeftTerm();
    }

    public void Freeze() => Timers.Freeze();

    /// <param name="timersLate">How much longer every timer takes: a suspended machine's timers do not count the time it slept.</param>
    public void Resume(TimeSpan timersLate)
    {
        if (IsDead || !IsFrozen)
            return;
        ResumedAt = Monotonic;
        if (timersLate > TimeSpan.Zero)
            _world.Chronicle?.Add(_world.Now, Node.Name, "wakes up, its timers late");
        Timers.Resume(timersLate);
        Watchdog.LookSoon();
        PumpSoon();
    }

    /// <inheritdoc cref="SimTimers.WhenAwake"/>
    public void WhenAwake(Action happens) => Timers.WhenAwake(happens);

    public void Receive(Call call, ElectionInput reply)
    {
        if (call.Round == Round)
            Post(reply, call);
    }

    /// <summary>The store tells something by its watch that has no place in the order of the versions.</summary>
    public void HearUnordered(LeaseEvent happened)
    {
        if (_watch is { IsOpen: true, IsSilent: false })
            Post(new ElectionInput.Watched(happened));
    }

    public void Post(ElectionInput input) => Post(input, null);

    private void Post(ElectionInput input, Call? call)
    {
        if (IsDead || (_standsAgain && input is not ElectionInput.ShutDownRequested)) // There is no loop between two that stand.
            return;
        _inputs.Enqueue((input, call));
        PumpSoon();
    }

    private void PumpSoon()
    {
        if (_isPumpDue || IsFrozen || IsDead || _inputs.Count == 0)
            return;
        _isPumpDue = true;
        TimeSpan starved = Node.StarvedUntil - _world.Now;
        TimeSpan pause = TimeSpan.FromMicroseconds(_world.Random.Next(200));
        _world.In(starved > TimeSpan.Zero ? starved : pause, Pump);
    }

    private void Pump()
    {
        _isPumpDue = false;
        if (IsFrozen || IsDead || _inputs.Count == 0)
            return;
        (ElectionInput input, Call? call) = _inputs.Dequeue();
        Turn(input, call);
        PumpSoon();
    }

    private void Turn(ElectionInput input, Call? call)
    {
        Truth.Heard(input, call);
        HasHeardStop |= input is ElectionInput.ShutDownRequested;
        if (input is ElectionInput.NoteWanted wanted)
            _world.Oracle.Notes.Said(this, wanted.Write);
        IReadOnlyList<ElectionOutput> outputs = _elector.Handle(input, _clock.Now);
        _world.Chronicle?.Add(_world.Now, Node.Name, "<- " + input);
        UpdateTerm(outputs);
        foreach (ElectionOutput output in outputs)
        {
            _world.Chronicle?.Add(_world.Now, Node.Name, "    -> " + output);
            CarryOut(output, call);
        }

        Truth.HasHandled(input);
        _world.Oracle.CheckDanger(this);
        _world.Oracle.Notes.Shown(this, _elector.Lease, _elector.Notes);
        _holder?.Look(_elector);

        if (State == LeaderElectionState.Stopped && Settings.ForOneTerm && !IsShuttingDown)
            StandAgain();
        else if (State == LeaderElectionState.Stopped)
            Exit();
    }

    /// <summary>Somebody else of this process wants the lease, after a while. What was seen of it is handed on.</summary>
    private void StandAgain()
    {
        if (_standsAgain)
            return;
        _standsAgain = true;
        _world.Oracle.Notes.Left(this);
        _watch?.Forget();
        _inputs.Clear(); // They go with the loop, and nobody has seen them.
        _world.In(LeastPause + _world.Upto(LongestPause), () => WhenAwake(() =>
        {
            if (IsShuttingDown)
                return;
            _standsAgain = HasHeardStop = false;
            BeginRound();
            _elector = NewElector();
            Start();
        }));
    }

    /// <summary>Nothing that concerned the last elector concerns the next: its replies, its timer, what it was still to be told.</summary>
    private void BeginRound()
    {
        Round++;
        Timers.Unset();
        Watchdog.Forget();
        _inputs.Clear();
    }

    /// <summary>
    /// Whoever holds the lease drops it without a word: its work is told, and this process waits for its own lease as all others do.
    /// </summary>
    private void Abandon()
    {
        if (Term is not { } term || State != LeaderElectionState.Leading || IsShuttingDown)
            return;
        _world.Chronicle?.Add(_world.Now, Node.Name, "abandons its term");
        BeginRound();
        _world.Oracle.Notes.Forget(this);
        term.End();
        Term = null;
        Work!.Abandon();
        _world.Oracle.LeftTerm();
        _memory.Disown();
        _elector = NewElector(); // It stands only after a while, but is there to be told that the process stops.
        StandAgain();
    }

    private Elector NewElector() => new(Settings, new Random(_world.Random.Next()), _memory);

    /// <summary>Does it then, if the same elector still stands.</summary>
    private void InRound(TimeSpan pause, Action happens)
    {
        int round = Round;
        _world.In(pause, () => WhenAwake(() =>
        {
            if (round == Round)
                happens();
        }));
    }

    private void UpdateTerm(IReadOnlyList<ElectionOutput> outputs)
    {
        foreach (ElectionOutput output in outputs)
        {
            if (output is ElectionOutput.StartWork start)
            {
                Term = new(new("shop", "settlement", Identity), start.Term, start.Validity, _clock, (_, _, _) => Task.CompletedTask);
            }
            else if (output is ElectionOutput.ExtendTerm extend)
            {
                Term?.Extend(extend.Validity);
            }
        }

        if (Term is null)
            return;
        if (_elector.Term is not { Holds: true })
        {
            Term.End();
            Watchdog.Forget();
            Work?.Lose();
            _world.Oracle.LeftTerm();
        }

        if (_elector.Term is null)
            Term = null;
    }

    private void CarryOut(ElectionOutput output, Call? cause)
    {
        switch (output)
        {
            case ElectionOutput.Read read:
                Send(read, read.Timeout);
                break;
            case ElectionOutput.Create create:
                Send(create, create.Timeout);
                break;
            case ElectionOutput.Replace replace:
                Send(replace, replace.Timeout);
                break;
            case ElectionOutput.Watch watch:
                _watch?.Forget();
                _watch = new ServerWatch(_world, this);
                _world.Oracle.Sent(this);
                _world.Network.Watch(this, watch.ResourceVersion, _watch);
                break;
            case ElectionOutput.EndWatch:
                _watch?.Forget();
                break;
            case ElectionOutput.StartWork start:
                StartWork(start, cause);
                break;
            case ElectionOutput.EndangerTerm:
                Term!.Endanger();
                break;
            case ElectionOutput.RestartWork restart:
                Work!.Start(restart.Work);
                break;
            case ElectionOutput.StopWork:
                Work!.Stop(isLost: _elector.Term is not { Holds: true });
                break;
            case ElectionOutput.StopHost:
                _world.In(_world.Latency(), () => WhenAwake(ShutDown));
                break;
            case ElectionOutput.FailFast:
                Node.Kill();
                break;
            case ElectionOutput.WakeAt wake:
                Timers.Set(wake.Instant - Monotonic);
                break;
            case ElectionOutput.NotesSettled settled:
                _world.Oracle.Notes.Settled(this, settled, _elector.Term);
                break;
            case ElectionOutput.Report report:
                _world.Oracle.Told(this, report.Event);
                break;
        }
    }

    private void Send(ElectionOutput request, TimeSpan timeout)
    {
        if (IsDead)
            return;
        if (request is not ElectionOutput.Read)
            Truth.WritesSent++;
        _world.Oracle.Sent(this);
        _world.Oracle.Notes.Sent(request);
        _world.Network.Send(new Call(this, request, timeout));
    }

    private void StartWork(ElectionOutput.StartWork start, Call? cause)
    {
        Work = new SimWork(_world, this, Term!, start.Term, Settings);
        _world.Oracle.TermBegan(Work, cause);
        Work.Start();
        if (_world.Scenario.SaysNotes)
        {
            _world.Oracle.Notes.TermBegan(this, _elector.Notes);
            new SimNotes(_world, this, start.Term).Start();
        }

        Watchdog.Guard();
        if (Settings.ForOneTerm)
            InRound(
                _world.Upto(Settings.LeaseDuration * 3),
                _world.Random.Next(4) == 0 ? Abandon : () => Post(new ElectionInput.ShutDownRequested()));
    }

    private void Exit()
    {
        if (IsDead)
            return;
        _world.Chronicle?.Add(_world.Now, Node.Name, "exits");
        _world.Oracle.Exited(this);
        _world.Oracle.Notes.Left(this);
        if (Work is { IsAbandoned: true, IsEnded: false })
            Work.Die(); // Nobody waits for it, and it does not outlive its process.
        IsDead = true;
        _watch?.Forget();
        Node.Exited(this);
    }
}
