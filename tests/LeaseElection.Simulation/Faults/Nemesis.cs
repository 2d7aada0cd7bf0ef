namespace LeaseElection.Simulation;

/// <summary>Injects the faults of a scenario at random times, each for a random while, and makes all well at the end.</summary>
internal sealed class Nemesis(World world)
{
    private readonly Injections _inject = new(world);
    private readonly ClientGoInjections _injectClientGo = new(world);

    public void Start() => world.In(Pause(), Strike);

    /// <summary>From here on nothing is wrong any more. What is broken already has to be noticed and mended by the electors.</summary>
    public void Heal()
    {
        world.Chronicle?.Add(world.Now, "nemesis", "makes all well");
        world.Server.IsDown = false;
        foreach (Node node in world.Nodes)
        {
            node.Link.Heal();
            node.TimersLate = TimeSpan.Zero;
            node.TimersEarly = 0;
            node.Clock.FreeWall();
            node.RestartPause = TimeSpan.FromSeconds(1);
            node.Boot();
        }

        foreach (ClientGoNode node in world.ClientGo)
            node.Link.Heal();
        world.Trouble(null, TimeSpan.Zero);
    }

    private void Strike()
    {
        TimeSpan left = world.Scenario.HealedAt - world.Now;
        if (left <= TimeSpan.Zero)
            return;
        if (world.ClientGo.Count > 0 && world.Random.Next(3) == 0)
            StrikeClientGo(left);
        else
            StrikeOurs(left);
        world.In(Pause(), Strike);
    }

    private void StrikeClientGo(TimeSpan left)
    {
        FaultKind kind = ClientGoInjections.Kinds[world.Random.Next(ClientGoInjections.Kinds.Count)];
        ClientGoNode node = world.ClientGo[world.Random.Next(world.ClientGo.Count)];
        TimeSpan time = Duration(left);
        world.Chronicle?.Add(world.Now, "nemesis", $"{kind} of {node.Name} for {time.TotalSeconds:0.000} s");
        world.Faults.Add(kind);
        _injectClientGo.Inject(kind, node, time);
    }

    private void StrikeOurs(TimeSpan left)
    {
        FaultKind kind = world.Scenario.Faults[world.Random.Next(world.Scenario.Faults.Count)];
        Node node = Target();
        TimeSpan time = Duration(left);
        world.Chronicle?.Add(world.Now, "nemesis", $"{kind} of {node} for {time.TotalSeconds:0.000} s");
        world.Faults.Add(kind);
        _inject.Inject(kind, node, time);
    }

    /// <summary>Mostly the leader: that is where it hurts.</summary>
    private Node Target()
    {
        Node? leader = world.Random.Next(2) == 0 ? world.Leader?.Node : null;
        return leader ?? world.Nodes[world.Random.Next(world.Nodes.Count)];
    }

    private TimeSpan Duration(TimeSpan left)
    {
        double lease = world.Scenario.Settings.LeaseDuration.TotalSeconds;
        double seconds = world.Random.Next(3) switch
        {
            0 => world.Random.NextDouble() * 0.3,
            1 => world.Random.NextDouble() * lease * 0.4,
            _ => world.Random.NextDouble() * lease * 2,
        };
        var time = TimeSpan.FromSeconds(seconds);
        return time < left ? time : left;
    }

    private TimeSpan Pause() => -world.Scenario.Pause * Math.Log(1 - world.Random.NextDouble());
}
