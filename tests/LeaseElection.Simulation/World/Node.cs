using System.Globalization;
using LeaseElection.Hosting.Election.Deaths;

namespace LeaseElection.Simulation;

/// <summary>One machine (or pod): its clocks, its link to the server, and the process that runs on it, if one does.</summary>
internal sealed class Node
{
    private static readonly TimeSpan ShutDownTimeout = TimeSpan.FromSeconds(60);

    private readonly World _world;
    private readonly int _index;
    private int _boots;
    private bool _isStunned;

    public Node(World world, int index, NodeClock clock)
    {
        _world = world;
        _index = index;
        Name = string.Create(CultureInfo.InvariantCulture, $"n{index + 1}");
        Clock = clock;
        Kubelet = new Kubelet(world, this);
    }

    public string Name { get; }

    public NodeClock Clock { get; }

    public Kubelet Kubelet { get; }

    public Link Link { get; } = new();

    public SimProcess? Process { get; private set; }

    /// <summary>Whether its process had to be killed because it did not stop in time.</summary>
    public bool WasKilledAtLast { get; private set; }

    /// <summary>Until when something was wrong here, in truth: nobody is blamed for what happens before.</summary>
    public TimeSpan TroubledUntil { get; set; }

    /// <summary>When the machine was stunned.</summary>
    public List<Stun> Stuns { get; } = [];

    /// <summary>Timers fire this much late, beyond the usual.</summary>
    public TimeSpan TimersLate { get; set; }

    /// <summary>The share of its time by which a timer fires too early.</summary>
    public double TimersEarly { get; set; }

    /// <summary>The loop gets no thread before this instant, in truth: a starved thread pool.</summary>
    public TimeSpan StarvedUntil { get; set; }

    /// <summary>No timer and no wait ends before this instant, in truth (dotnet/runtime 123950).</summary>
    public TimeSpan TimersStuckUntil { get; set; }

    /// <summary>How long after the end of a process its successor starts.</summary>
    public TimeSpan RestartPause { get; set; } = TimeSpan.FromSeconds(1);

    public void Boot()
    {
        if (Process is not null || _world.IsClosing || _isStunned)
            return;
        _boots++;
        _world.Trouble(this, TimeSpan.Zero); // It has seen nothing yet, and waits for whoever holds the lease from now on.
        string identity = _world.Scenario.HasNestedIdentities
            ? new string('x', _index + 1 + (_boots * _world.Nodes.Count))
            : string.Create(CultureInfo.InvariantCulture, $"{Name}_{_boots}");
        _world.Chronicle?.Add(_world.Now, Name, "starts as " + identity);
        HolderProcess? own = _world.Scenario.WatchesPods ? Kubelet.Start() : null;
        Process = new SimProcess(_world, this, _world.Scenario.SettingsOf(_index) with { Identity = identity }, own);
        Process.Start();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (Process is not { } process)
            return;
        _world.Chronicle?.Add(_world.Now, Name, "is killed");
        process.Die();
        Exited(process);
    }

    /// <summary>SIGTERM, and SIGKILL when it takes too long.</summary>
    public void ShutDown()
    {
        if (Process is not { } process)
            return;
        process.ShutDown();
        _world.In(ShutDownTimeout, () =>
        {
            if (Process != process)
                return;
            WasKilledAtLast = true;
            Kill();
        });
    }

    /// <summary>The process has ended; the kubelet starts another.</summary>
    public void Exited(SimProcess process)
    {
        if (Process != process)
            return;
        Process = null;
        _world.Undertaker.Bury(process);
        if (_world.Scenario.WatchesPods)
            Kubelet.Ended();
        _world.In(RestartPause, Boot);
    }

    public void BeginStun()
    {
        _isStunned = true;
        Stuns.Add(new Stun(_world.Now));
        Clock.Stun();
        Process?.Freeze();
    }

    /// <summary>The machine runs on. Its wall clock is set right a while later, its monotonic clock never.</summary>
    public void EndStun(TimeSpan slept, TimeSpan corrected)
    {
        Stun stun = Stuns[^1];
        _isStunned = false;
        Clock.Unstun();
        Process?.Resume(TimeSpan.Zero);
        Boot();
        _world.In(corrected, () =>
        {
            Clock.StepWall(slept);
            stun.Corrected = slept;
            Process?.Watchdog.LookSoon();
        });
    }

    public override string ToString() => Name;
}
