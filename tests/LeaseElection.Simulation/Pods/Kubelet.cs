using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The kubelet of one machine, and its one Pod. It sees what becomes of the container a while later, tells the API server another while
/// later, in order, and for some time not at all; then it tells how things are by then. All times are its machine's, in whole seconds.
/// </summary>
internal sealed class Kubelet(World world, Node node)
{
    public const string Container = "app";

    private static readonly TimeSpan LongestGlance = TimeSpan.FromSeconds(1.2);

    private string? _uid;
    private DateTimeOffset? _runningSince;
    private ContainerEnd? _last;
    private SimStray? _stray;
    private TimeSpan _toldUntil;
    private int _containers;
    private int _outages;

    /// <summary>Whether it tells nothing: it is restarting, or cut off.</summary>
    private bool IsOut => _outages > 0;

    private string Pod => "shop/" + node.Name;

    /// <summary>The container of the process.</summary>
    private string Id => $"{node.Name}-{_containers}";

    /// <summary>A container begins, and the process in it reads the clock.</summary>
    public HolderProcess Start()
    {
        if (_uid is null || world.Pods.Read(Pod)?.Uid != _uid)
            Create();
        else if (_last is { } last && world.Scenario.SetsClocksBack && world.Random.Next(3) != 0)
            SetBack(node.Clock.GetUtcNow() - last.Started);
        DateTimeOffset since = Second(node.Clock.GetUtcNow() - world.Upto(TimeSpan.FromSeconds(1)));
        _runningSince = _last is { } before && since < before.Finished && !world.Scenario.SetsClocksBack ? before.Finished : since;
        _containers++;
        _stray = null;
        if (world.Random.Next(8) == 0)
            Stray();
        MayGoOut();
        Report();
        return new HolderProcess(Pod, _uid!, Container, Microsecond(node.Clock.GetUtcNow()));
    }

    /// <summary>The container has ended, however.</summary>
    public void Ended()
    {
        _last = new ContainerEnd(_runningSince!.Value, Second(node.Clock.GetUtcNow()), Id);
        _runningSince = null;
        MayGoOut();
        Report();
    }

    /// <summary>It tells nothing for a while. What is on its way is lost, too, if it is cut off.</summary>
    public void GoOut(TimeSpan time)
    {
        _outages++;
        world.In(time, () =>
        {
            _outages--;
            Report();
        });
    }

    /// <summary>Just when it matters most. Where it may be very late it need not be out, too.</summary>
    private void MayGoOut()
    {
        if (world.Scenario.SetsClocksBack && world.Random.Next(4) == 0)
            GoOut(world.Upto(TimeSpan.FromSeconds(60)));
    }

    private void Create()
    {
        _uid = world.Pods.NewUid();
        _last = null;
        world.Pods.Create(Pod, Facts());
    }

    /// <summary>Often into the time in which the last container ran.</summary>
    private void SetBack(TimeSpan since)
    {
        TimeSpan step = since > TimeSpan.Zero ? since * world.Random.NextDouble() : TimeSpan.FromSeconds(1);
        world.Chronicle?.Add(world.Now, node.Name, $"has its clock set back by {step.TotalSeconds:0.###} s");
        node.Clock.StepWall(-step);
    }

    private void Report() => world.In(world.Upto(LongestGlance), () =>
    {
        if (IsOut || _uid is null)
            return;
        PodFacts seen = Facts();
        TimeSpan at = world.Now + (world.Random.Next(2) == 0 ? world.Upto(world.Scenario.KubeletLag) : world.Latency());
        _toldUntil = at > _toldUntil ? at : _toldUntil;
        int outages = _outages;
        world.At(_toldUntil, () =>
        {
            if (_outages == outages)
                world.Pods.Tell(Pod, seen);
        });
    });

    /// <summary>
    /// The kubelet gave up on the start of the container, which the runtime has carried out all the same, and starts another of its name:
    /// that one begins, or fails at once, again and again. The process lives on beside it.
    /// </summary>
    private void Stray()
    {
        int container = _containers;
        TimeSpan until = world.Upto(TimeSpan.FromSeconds(60));
        if (world.Random.Next(2) == 0)
            _stray = new SimStray($"{Id}b", _runningSince!.Value, null);
        world.In(until, () =>
        {
            if (_containers != container || _runningSince is null)
                return; // The process has ended meanwhile.
            _stray = new SimStray($"{Id}b", _stray?.Since ?? DateTimeOffset.UnixEpoch, Second(node.Clock.GetUtcNow()));
            Report();
        });
    }

    private PodFacts Facts() => new(_uid!, [_stray is { } stray ? stray.Facts(_runningSince is not null, _last) : Own()]);

    private ContainerFacts Own() => new(Container, _runningSince, _last is null ? [] : [_last])
    {
        RunningId = _runningSince is null ? null : Id,
    };

    private static DateTimeOffset Second(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static DateTimeOffset Microsecond(DateTimeOffset time) =>
        new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
