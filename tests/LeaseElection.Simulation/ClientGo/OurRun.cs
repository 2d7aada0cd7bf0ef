using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// Puts the real core into the same situation, once. Its work is harder than that of the model of client-go: it takes up to the whole stop
/// budget to end. The oracle watches as ever; how long two work at once is measured besides, by nothing but looking who works.
/// </summary>
internal sealed class OurRun
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private static readonly TimeSpan AllBooted = TimeSpan.FromSeconds(2);

    private readonly LeaseCase _situation;
    private readonly World _world;
    private readonly WorkTimes _work = new();
    private Node? _leader;

    private OurRun(LeaseCase situation, ElectorSettings settings, int seed)
    {
        _situation = situation;
        _world = new World(Scenario.Calm(seed, ClientGoWorld.Standbys + 1) with { Settings = settings, Latency = situation.Latency });
    }

    private ElectorSettings Settings => _world.Scenario.Settings;

    public static LeaseRun Play(LeaseCase situation, ElectorSettings settings, int seed)
    {
        var run = new OurRun(situation, settings, seed);
        run.Play();
        return new LeaseRun(run._work, run._world.Violation?.ToString());
    }

    private void Play()
    {
        foreach (Node node in _world.Nodes)
            _world.In(_world.Upto(AllBooted), node.Boot);
        if (_situation.Fault == LeaseFault.None)
        {
            Run(ClientGoRun.Healthy);
            CheckLeader();
            return;
        }

        Run(AllBooted + (Settings.RetryPeriod * 5) + _world.Upto(Settings.RetryPeriod * 4));
        CheckLeader();
        _leader = _world.Leader?.Node;
        if (_leader is not null)
            Strike(_leader);
        Run(Liveness.Bound(_world) + Settings.RenewDeadline + _situation.LateReply);
        CheckLeader();
    }

    private void Strike(Node leader)
    {
        switch (_situation.Fault)
        {
            case LeaseFault.Hang:
                Hang(leader);
                break;
            case LeaseFault.LeaseDeleted:
                _world.Trouble(null, TimeSpan.Zero);
                _world.Server.Delete();
                break;
            case LeaseFault.HolderCleared:
                _world.Trouble(null, TimeSpan.Zero);
                _world.Server.Edit(record => record with { HolderIdentity = "" });
                break;
            case LeaseFault.WallClockStuck:
                leader.Clock.StickWall();
                break;
            default:
                throw new InvalidOperationException($"No such fault: {_situation.Fault}.");
        }
    }

    private void Hang(Node leader)
    {
        leader.Link.SlowReply = _situation.LateReply;
        string? version = _world.Server.Current?.ResourceVersion;
        Run(Settings.LeaseDuration, until: () => _world.Server.Current?.ResourceVersion != version);
        _world.Trouble(leader, Never);
        leader.Link.SlowRequest = Never; // Not a cut, which would lose the reply that is under way.
        leader.Link.WatchesAreSilent = true;
        _world.Server.SilenceWatches(leader);
        if (_situation.Config.ReleaseOnCancel && _world.Random.Next(2) == 0)
            _world.In(_world.Upto(Settings.RenewDeadline), leader.ShutDown);
    }

    private void Run(TimeSpan time, Func<bool>? until = null)
    {
        TimeSpan end = _world.Now + time;
        bool isReached = _world.RunUntil(
            () =>
            {
                Look();
                return until?.Invoke() ?? false;
            },
            end);
        if (until is null)
            _world.RunUntil(end);
        else if (!isReached)
            _world.Oracle.Fail("nobody renews", null);
        Look(); // A world that has seen a promise broken stops in that instant.
    }

    private void Look() => _work.Set(_world.Nodes.Count(node => node.Process?.Work is { IsEnded: false }), _world.Now);

    /// <summary>Nobody overlaps where nobody leads.</summary>
    private void CheckLeader()
    {
        _world.Oracle.CheckLeader();
        if (_situation.Fault == LeaseFault.Hang && _leader is not null && _world.Leader?.Node == _leader)
            _world.Oracle.Fail("the leader still leads although it reaches nobody", _world.Leader);
    }
}
