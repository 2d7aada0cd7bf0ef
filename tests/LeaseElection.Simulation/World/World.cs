namespace LeaseElection.Simulation;

/// <summary>
/// One world. Only the world knows the true time; a process knows what its clock says.
/// </summary>
internal sealed class World : Timeline
{
    private readonly List<Node> _nodes = [];
    private readonly List<ClientGoNode> _clientGo = [];

    public World(Scenario scenario, Chronicle? chronicle = null)
        : base(scenario.Seed, chronicle)
    {
        Scenario = scenario;
        Server = new Server(this, scenario.FirstVersion, scenario.HasNumbers);
        Network = new Network(this);
        Oracle = new Oracle(this);
        Undertaker = new Undertaker(this);
        Pods = new SimPods(this);
        for (int i = 0; i < scenario.Nodes; i++)
            _nodes.Add(new Node(this, i, NewClock()));
        foreach (ClientGoConfig config in scenario.ClientGo)
            _clientGo.Add(
                new ClientGoNode(this, $"c{_clientGo.Count + 1}", NewClock(), config) { WorkChanged = Oracle.ClientGoWorkChanged });
        Chronicle?.Add(Now, "world", scenario.ToString());
        Bookmark();
    }

    public Scenario Scenario { get; }

    public Server Server { get; }

    public Network Network { get; }

    public Oracle Oracle { get; }

    public Undertaker Undertaker { get; }

    public Resource Resource { get; } = new();

    public SimPods Pods { get; }

    /// <summary>How often a Pod proved to somebody that the holder is dead.</summary>
    public int Proofs { get; set; }

    /// <summary>How many notes work has said.</summary>
    public long Notes { get; set; }

    public FaultCounts Faults { get; } = new();

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The machines of client-go, in a mixed fleet.</summary>
    public IReadOnlyList<ClientGoNode> ClientGo => _clientGo;

    /// <summary>Whether processes that end are not started again.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Whether anybody leads, client-go included.</summary>
    public bool IsLed => Leader is not null || _clientGo.Exists(node => node.Works);

    /// <summary>Who of ours leads at this instant; <see langword="null"/>: nobody.</summary>
    public SimProcess? Leader => _nodes.Find(node => node.Process is { IsHeld: true })?.Process;

    public override Violation? Violation => Oracle.Violation;

    public TimeSpan Latency()
    {
        double factor = Random.Next(50) == 0 ? 5 : 1;
        return Scenario.Latency * (0.1 + Random.NextDouble()) * factor;
    }

    /// <summary>Something is wrong for a while, at one node or (<see langword="null"/>) at all.</summary>
    public void Trouble(Node? node, TimeSpan time)
    {
        TimeSpan until = Now + time;
        foreach (Node troubled in node is null ? _nodes : [node])
            troubled.TroubledUntil = until > troubled.TroubledUntil ? until : troubled.TroubledUntil;
    }

    private NodeClock NewClock() => new(
        this, Rate(), TimeSpan.FromSeconds(Random.NextDouble() * 1e6),
        TimeSpan.FromSeconds((Random.NextDouble() - 0.5) * Scenario.WallSpread));

    /// <summary>A rate within what the scenario allows, often at an end of it.</summary>
    public double Rate() => Rate(Scenario.RateError);

    protected override void RunsInCircles(string rule) => Oracle.Fail(rule, null);

    private void Bookmark() => In(TimeSpan.FromSeconds(50 + Random.Next(20)), () =>
    {
        Server.Bookmark();
        Bookmark();
    });
}
