namespace LeaseElection.Simulation;

/// <summary>Electors of client-go before one lease: one that leads first, and standbys that come at random instants.</summary>
internal sealed class ClientGoWorld
{
    public const int Standbys = 3;

    private readonly TimeSpan _wallOffset;

    public ClientGoWorld(ClientGoConfig config, TimeSpan latency, int seed)
    {
        World = new World(Scenario.Calm(seed, nodes: 0) with { Latency = latency });
        _wallOffset = World.Upto(TimeSpan.FromSeconds(1));
        First = new ClientGoElector(this, config, "first");
        World.In(TimeSpan.Zero, First.Acquire);
        for (int i = 1; i <= Standbys; i++)
        {
            var standby = new ClientGoElector(this, config, $"standby-{i}");
            World.In(config.RetryPeriod + World.Upto(config.RetryPeriod * 2), standby.Acquire);
        }
    }

    public World World { get; }

    public ClientGoServer Server { get; } = new();

    public WorkTimes Work { get; } = new();

    public ClientGoElector First { get; }

    /// <summary>The wall clock, which is the same everywhere.</summary>
    public TimeSpan Wall => World.Now + _wallOffset;
}
