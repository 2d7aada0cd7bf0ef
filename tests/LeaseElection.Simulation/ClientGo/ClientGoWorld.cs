namespace LeaseElection.Simulation;

/// <summary>
/// Electors of client-go alone before one lease: one that leads first, and standbys that come at random instants. Their clocks are perfect,
/// and nobody comes back who has given up.
/// </summary>
internal sealed class ClientGoWorld
{
    public const int Standbys = 3;

    private readonly List<ClientGoNode> _nodes = [];

    public ClientGoWorld(ClientGoConfig config, TimeSpan latency, int seed)
    {
        World = new World(Scenario.Calm(seed, nodes: 0) with { Latency = latency });
        TimeSpan wallOffset = World.Upto(TimeSpan.FromSeconds(1));
        for (int i = 0; i <= Standbys; i++)
        {
            var clock = new NodeClock(World, rate: 1, TimeSpan.Zero, wallOffset);
            _nodes.Add(new ClientGoNode(World, $"c{i}", clock, config) { WorkChanged = _ => Look(), ComesBack = false });
            World.In(i == 0 ? TimeSpan.Zero : config.RetryPeriod + World.Upto(config.RetryPeriod * 2), _nodes[i].Boot);
        }
    }

    public World World { get; }

    public WorkTimes Work { get; } = new();

    public ClientGoNode First => _nodes[0];

    public void Look() => Work.Set(_nodes.Count(node => node.Works), World.Now);
}
