using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>
/// One fleet of replicas that share partitions out: a world of its own, with many leases and one watch a replica for all of them.
/// </summary>
internal sealed class Fleet : Timeline
{
    private readonly List<Machine> _machines = [];
    private readonly string[] _names;

    public Fleet(FleetScenario scenario, Chronicle? chronicle = null)
        : base(scenario.Seed, chronicle)
    {
        Scenario = scenario;
        Server = new GroupServer(this);
        Oracle = new FleetOracle(this);
        _names = [.. Enumerable.Range(0, scenario.MostPartitions).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        Chronicle?.Add(Now, "fleet", scenario.ToString());
    }

    public FleetScenario Scenario { get; }

    public GroupServer Server { get; }

    public FleetOracle Oracle { get; }

    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>The processes that run and are not about to leave.</summary>
    public IEnumerable<Replica> Replicas =>
        _machines.Where(machine => machine.Replica is { IsLeaving: false }).Select(machine => machine.Replica!);

    public long[] Faults { get; } = new long[Enum.GetValues<FleetFault>().Length];

    public override Violation? Violation => Oracle.Violation;

    public string NameOf(int partition) => _names[partition];

    /// <summary>Another machine, with clocks of its own, on which nothing runs yet.</summary>
    public Machine AddMachine()
    {
        var clock = new NodeClock(this, Rate(), TimeSpan.FromSeconds(Random.NextDouble() * 1e6), TimeSpan.Zero);
        var machine = new Machine(this, string.Create(CultureInfo.InvariantCulture, $"m{_machines.Count + 1}"), clock);
        _machines.Add(machine);
        return machine;
    }

    public double Rate() => Rate(Scenario.RateError);

    public TimeSpan Latency() => Scenario.Latency * (0.1 + Random.NextDouble()) * (Random.Next(50) == 0 ? 5 : 1);

    protected override void RunsInCircles(string rule) => Oracle.Fail(rule, "fleet");
}
