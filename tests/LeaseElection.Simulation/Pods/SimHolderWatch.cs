using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// What the loop's watch of the holder's Pod does: the real keeper, and around it a read, a watch, and both again when it breaks.
/// </summary>
internal sealed class SimHolderWatch(World world, SimProcess process, HolderProcess own)
{
    private readonly DeathKeeper _keeper = new(own);
    private HeldTerm? _followed;
    private SimPodWatch? _watch;
    private string? _told;
    private int _round;

    /// <summary>What it says of itself.</summary>
    public string Note => own.ToString();

    /// <summary>After each turn.</summary>
    public void Look(Elector elector)
    {
        bool standsBy = elector.State is LeaderElectionState.Standby or LeaderElectionState.TakingOver;
        _keeper.Look(elector.Lease, standsBy, process.Monotonic);
        if (!ReferenceEquals(_keeper.Wanted, _followed))
        {
            Close();
            _followed = _keeper.Wanted;
            if (_followed is not null)
                In(process.Node.Clock.InTruth(_keeper.FollowFrom - process.Monotonic), Read);
        }

        Tell();
    }

    public void Close()
    {
        _round++;
        if (_watch is { } watch)
            watch.IsOpen = false;
        _watch = null;
    }

    private void Read()
    {
        HeldTerm term = _followed!;
        In(world.Latency() + process.Node.Link.SlowRequest, () =>
        {
            if (process.Node.Link.IsCut || process.Node.Link.IsRefused || process.Node.Link.Answer is not null || world.Server.IsDown)
            {
                In(TimeSpan.FromSeconds(1), Read);
                return;
            }

            PodFacts? read = world.Pods.Read(term.Process.Pod);
            In(world.Latency() + process.Node.Link.SlowReply, () => See(term, read));
            if (read is null)
                return;
            int round = _round;
            _watch = new SimPodWatch(world, process.Node, term.Process.Pod, pod => InRound(round, () => See(term, pod)));
            world.Pods.Watch(term.Process.Pod, _watch);
            In(world.Upto(TimeSpan.FromSeconds(30)), Reopen);
        });
    }

    private void Reopen()
    {
        Close();
        In(world.Upto(TimeSpan.FromSeconds(5)) * world.Random.Next(2), Read);
    }

    private void See(HeldTerm term, PodFacts? pod)
    {
        _keeper.See(term, pod);
        Tell();
        if (pod is null)
            Close();
    }

    private void Tell()
    {
        if (_keeper.ProvenVersion is not { } version || version == _told)
            return;
        _told = version;
        world.Proofs++;
        world.Chronicle?.Add(world.Now, process.Node.Name, $"has the proof that {_followed!.Holder} is dead");
        process.Post(new ElectionInput.Watched(new LeaseEvent.HolderDead(version)));
    }

    private void In(TimeSpan pause, Action happens)
    {
        int round = _round;
        world.In(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, () => InRound(round, happens));
    }

    private void InRound(int round, Action happens) => process.WhenAwake(() =>
    {
        if (round == _round && !process.IsDead)
            happens();
    });
}
