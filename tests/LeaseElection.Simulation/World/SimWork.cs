using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// The work of one term: pieces that write to a resource under their token, take their time to stop, fault, return, and sometimes do
/// not obey. Work that obeys ends within the stop budget of the scenario, measured on the clock of its process.
/// </summary>
internal sealed class SimWork
{
    private readonly World _world;
    private readonly ElectorSettings _settings;
    private readonly bool[] _runs;
    private bool _isStopAwaited;
    private bool _isLost;
    private bool _isAtWrite;
    private TimeSpan? _abandonedProof;

    public SimWork(World world, SimProcess process, LeadershipTerm term, TermFacts facts, ElectorSettings settings)
    {
        _world = world;
        _settings = settings;
        Process = process;
        Term = term;
        Facts = facts;
        _runs = new bool[1 + world.Random.Next(3)];
        Disobeys = world.Random.NextDouble() < world.Scenario.WorkDisobeys;
    }

    public SimProcess Process { get; }

    public LeadershipTerm Term { get; }

    public TermFacts Facts { get; }

    /// <summary>The number of the change that began the term.</summary>
    public int Began { get; set; }

    /// <summary>Whether this work will not end in time: its process promises nothing then but to say so and to stop its host.</summary>
    public bool Disobeys { get; }

    /// <summary>Whether it could be told only after its deadline, because no timer and no wait of its process ended.</summary>
    public bool WasStuck { get; private set; }

    /// <summary>Whether its process has forgotten it, and may stand again before it has ended.</summary>
    public bool IsAbandoned => _abandonedProof is not null;

    /// <summary>When the last write that proves its term was sent, in truth: those of its process may be of a later term.</summary>
    public TimeSpan ProofSentAt => _abandonedProof ?? Process.Truth.ProofSentAt;

    /// <summary>When it was told to stop, on the clock of its process.</summary>
    public TimeSpan ToldAt { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The same in truth.</summary>
    public TimeSpan ToldInTruth { get; private set; } = TimeSpan.MaxValue;

    public bool IsTold { get; private set; }

    public bool IsEnded => Running == 0;

    public int Running { get; private set; }

    /// <summary>The last instant at which work that obeys may run, on the clock of its process.</summary>
    public TimeSpan EndsBy => Term.Validity.Deadline + _world.Scenario.StopBudget(_settings);

    public void Start()
    {
        for (int piece = 0; piece < _runs.Length; piece++)
            Start(piece);
        _world.In(NextWrite(), Write);
        if (_world.Scenario.WorkKills is > 0 and var chance && _world.Random.NextDouble() < chance)
            _world.In(_world.Upto(_settings.LeaseDuration * 2), Kill);
    }

    public void Start(int piece)
    {
        if (_runs[piece])
            _world.Oracle.Fail("a piece of work is started while it runs", Process);
        if (IsEnded)
            _world.Oracle.WorkRuns(this);
        _runs[piece] = true;
        Running++;
        if (_world.Random.NextDouble() < _world.Scenario.WorkEndsByItself)
            _world.In(_world.Upto(TimeSpan.FromSeconds(30)), () => Process.WhenAwake(() => EndByItself(piece)));
    }

    /// <summary>Asked to stop: by the loop, while the lease may still be held, or by the watchdog, because it is not.</summary>
    public void Tell(bool isLost)
    {
        if (isLost)
            Lose();
        if (IsTold)
            return;
        IsTold = true;
        ToldAt = Process.Monotonic;
        ToldInTruth = _world.Now;
        TimeSpan longest = _isLost ? _world.Scenario.StopBudget(_settings) : _settings.DrainTimeout * 0.9;
        Schedule(longest);
    }

    /// <summary>Leadership is lost while work may be draining at leisure: it heeds that, and hurries.</summary>
    public void Lose()
    {
        if (_isLost)
            return;
        _isLost = true;
        TimeSpan late = Process.Monotonic - Term.Validity.Deadline;
        WasStuck = _world.Now - Process.Node.TimersStuckUntil < (late * 1.1) + TimeSpan.FromMilliseconds(10);
        if (IsTold)
            Schedule(_world.Scenario.StopBudget(_settings));
    }

    /// <summary>The core waits for the end of all pieces.</summary>
    public void Stop(bool isLost)
    {
        Tell(isLost);
        _isStopAwaited = true;
        if (IsEnded)
            Process.Post(new ElectionInput.WorkStopped());
    }

    /// <summary>
    /// Nobody renews for it any more, and nobody waits for its end: it is told so, and has the time that work of a lost term has.
    /// </summary>
    public void Abandon()
    {
        _abandonedProof = Process.Truth.ProofSentAt;
        Tell(isLost: true);
    }

    /// <summary>The process was killed: nothing of it runs on.</summary>
    public void Die()
    {
        Running = 0;
        _world.Oracle.WorkEnded(this);
    }

    /// <summary>Out of memory, or a stack overflow. When all is made well that is mended, too.</summary>
    private void Kill()
    {
        if (IsEnded || Process.IsFrozen || Process.Work != this || _world.Now >= _world.Scenario.HealedAt)
            return;
        _world.Trouble(Process.Node, TimeSpan.Zero);
        Process.Node.Kill();
        if (_world.Scenario.EditsTakeOvers && _world.Random.Next(3) == 0)
            _world.In(_world.Upto(_settings.LeaseDuration), () => PeopleInjections.EditTakeOvers(_world));
    }

    private void Schedule(TimeSpan longest)
    {
        TimeSpan late = Disobeys ? _settings.LeaseDuration * (1 + (_world.Random.NextDouble() * 2)) : TimeSpan.Zero;
        for (int i = 0; i < _runs.Length; i++)
        {
            if (!_runs[i])
                continue;
            int piece = i;
            TimeSpan local = longest * (_world.Random.Next(4) == 0 ? 1 : _world.Random.NextDouble());
            TimeSpan at = _world.Now + Process.Node.Clock.InTruth(local) + late;
            _world.At(at, () => Process.WhenAwake(() => End(piece)));
        }
    }

    private void EndByItself(int piece)
    {
        if (IsTold || !_runs[piece] || Process.IsDead)
            return;
        Ended(piece);
        Process.Post(_world.Random.Next(2) == 0
            ? new ElectionInput.WorkReturned(piece, Running)
            : new ElectionInput.WorkFaulted(piece, new InvalidOperationException("simulated")));
    }

    private void End(int piece)
    {
        if (!_runs[piece])
            return;
        Ended(piece);
        if (IsEnded && _isStopAwaited)
            Process.Post(new ElectionInput.WorkStopped());
    }

    private void Ended(int piece)
    {
        _runs[piece] = false;
        Running--;
        if (IsEnded)
            _world.Oracle.WorkEnded(this);
    }

    /// <summary>
    /// Check, then act. A process that is frozen in between acts late, which no lease prevents: the resource has to refuse it.
    /// </summary>
    private void Write()
    {
        if (Process.IsDead || Process.Work != this || (IsEnded && IsTold))
            return;
        if (Process.IsFrozen)
        {
            // It may have been frozen between its check and its write.
            bool isAtWrite = _isAtWrite && _world.Random.Next(2) == 0;
            Process.WhenAwake(() =>
            {
                if (isAtWrite)
                    _world.Resource.Write(Facts.Token);
                Write();
            });
            return;
        }

        _isAtWrite = !IsEnded && _world.Oracle.Held(Process);
        if (_isAtWrite)
            _world.Resource.Write(Facts.Token);
        _world.In(NextWrite(), Write);
    }

    private TimeSpan NextWrite() => TimeSpan.FromMilliseconds(100) + _world.Upto(TimeSpan.FromMilliseconds(1500));
}
