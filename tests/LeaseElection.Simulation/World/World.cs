namespace LeaseElection.Simulation;

/// <summary>
/// One world: one thread, virtual true time, and dice that are all drawn from one seed, so that the same seed is the same world to the
/// last microsecond. Only the world knows the true time; a process knows what its clock says.
/// </summary>
internal sealed class World
{
    /// <summary>More than any world needs: somebody is running in circles.</summary>
    private const int MostEvents = 3_000_000;

    private readonly PriorityQueue<Action, long> _events = new();
    private readonly List<Node> _nodes = [];
    private readonly List<ClientGoNode> _clientGo = [];
    private long _order;
    private int _count;

    public World(Scenario scenario, Chronicle? chronicle = null)
    {
        Scenario = scenario;
        Chronicle = chronicle;
        Random = new Random(scenario.Seed);
        Server = new Server(this, scenario.FirstVersion, scenario.HasNumbers);
        Network = new Network(this);
        Oracle = new Oracle(this);
        Undertaker = new Undertaker(this);
        for (int i = 0; i < scenario.Nodes; i++)
            _nodes.Add(new Node(this, i, NewClock()));
        foreach (ClientGoConfig config in scenario.ClientGo)
            _clientGo.Add(new ClientGoNode(this, $"c{_clientGo.Count + 1}", NewClock(), config) { WorkChanged = Oracle.ClientGoWorkChanged });
        Chronicle?.Add(Now, "world", scenario.ToString());
        Bookmark();
    }

    public Scenario Scenario { get; }

    public Chronicle? Chronicle { get; }

    public Random Random { get; }

    /// <summary>The true time since the world began.</summary>
    public TimeSpan Now { get; private set; }

    public Server Server { get; }

    public Network Network { get; }

    public Oracle Oracle { get; }

    public Undertaker Undertaker { get; }

    public Resource Resource { get; } = new();

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

    public Violation? Violation => Oracle.Violation;

    public void In(TimeSpan pause, Action happens) => At(Now + pause, happens);

    public void At(TimeSpan at, Action happens)
    {
        TimeSpan due = at > Now ? at : Now;
        _events.Enqueue(happens, (due.Ticks << 24) | (_order++ & 0xFFFFFF)); // In order of scheduling where the time is the same.
    }

    /// <summary>Lets time pass, unless a promise has been broken.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (Violation is null && _events.TryPeek(out _, out long due) && due >> 24 <= end.Ticks)
        {
            Now = TimeSpan.FromTicks(due >> 24);
            _events.Dequeue()();
            if (++_count > MostEvents)
                Oracle.Fail("the world never comes to rest: somebody runs in circles", null);
        }

        if (Violation is null)
            Now = end;
    }

    public void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>Runs until this holds; gives up at a time.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan end)
    {
        while (Violation is null && !holds())
        {
            if (!_events.TryPeek(out _, out long due) || due >> 24 > end.Ticks)
                return false;
            RunUntil(TimeSpan.FromTicks(due >> 24));
        }

        return Violation is null;
    }

    public TimeSpan Latency()
    {
        double factor = Random.Next(50) == 0 ? 5 : 1;
        return Scenario.Latency * (0.1 + Random.NextDouble()) * factor;
    }

    public TimeSpan Upto(TimeSpan most) => most * Random.NextDouble();

    /// <summary>Something is wrong for a while, at one node or (<see langword="null"/>) at all.</summary>
    public void Trouble(Node? node, TimeSpan time)
    {
        TimeSpan until = Now + time;
        foreach (Node troubled in node is null ? _nodes : [node])
            troubled.TroubledUntil = until > troubled.TroubledUntil ? until : troubled.TroubledUntil;
    }

    private NodeClock NewClock() => new(
        this, Rate(), TimeSpan.FromSeconds(Random.NextDouble() * 1e6), TimeSpan.FromSeconds((Random.NextDouble() - 0.5) * Scenario.WallSpread));

    /// <summary>A rate within what the scenario allows, often at an end of it.</summary>
    public double Rate() => Random.Next(3) switch
    {
        0 => 1 - Scenario.RateError,
        1 => 1 + Scenario.RateError,
        _ => 1 + (((Random.NextDouble() * 2) - 1) * Scenario.RateError),
    };

    private void Bookmark() => In(TimeSpan.FromSeconds(50 + Random.Next(20)), () =>
    {
        Server.Bookmark();
        Bookmark();
    });
}
