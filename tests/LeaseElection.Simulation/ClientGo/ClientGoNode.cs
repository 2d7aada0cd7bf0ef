using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>
/// A machine on which client-go stands for the lease: its clocks, its link to the server, and the process that runs on it.
/// </summary>
internal sealed class ClientGoNode(World world, string name, NodeClock clock, ClientGoConfig config)
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private int _boots;

    public World World => world;

    public string Name => name;

    public NodeClock Clock => clock;

    public ClientGoConfig Config => config;

    public Link Link { get; } = new();

    /// <summary>The process; <see langword="null"/> when none runs.</summary>
    public ClientGoElector? Elector { get; private set; }

    public bool Works => Elector is { Works: true };

    /// <summary>Happens at the instant in which a write has been committed.</summary>
    public Action? Committed { get; set; }

    /// <summary>Happens when work begins or ends.</summary>
    public required Action<ClientGoElector> WorkChanged { get; init; }

    /// <summary>Whether another process starts where one has ended.</summary>
    public bool ComesBack { get; init; } = true;

    public void Boot()
    {
        if (Elector is not null || world.IsClosing)
            return;
        Elector = new ClientGoElector(this, string.Create(CultureInfo.InvariantCulture, $"{name}_{++_boots}"));
        world.Chronicle?.Add(world.Now, name, "starts as " + Elector.Identity);
        Elector.Acquire();
    }

    /// <summary>kill -9.</summary>
    public void Kill() => Elector?.Die();

    /// <summary>SIGTERM.</summary>
    public void ShutDown() => Elector?.Cancel();

    /// <summary>The process has ended, as client-go's do whenever they lead no longer; the kubelet starts another.</summary>
    public void Exited(ClientGoElector elector)
    {
        if (Elector != elector)
            return;
        world.Chronicle?.Add(world.Now, name, "has ended");
        Elector = null;
        if (ComesBack)
            world.In(RestartPause, Boot);
    }
}
