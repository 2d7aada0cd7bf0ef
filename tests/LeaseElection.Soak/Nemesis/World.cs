using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Replicas;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Soak.Nemesis;

/// <summary>What the nemesis acts on, and its dice.</summary>
internal sealed class World(RealApiServer server, ReplicaSet replicas, SoakOptions options)
{
    // Other dice than those that choose the faults, whose order must not hang on these.
#pragma warning disable CA5394 // No secret is made of this.
    private readonly Random _random = new(options.Seed + 1);
#pragma warning restore CA5394

    public RealApiServer Server => server;

    public ReplicaSet Replicas => replicas;

    public SoakOptions Options => options;

    /// <summary>Processes that ended otherwise than they were told to: by themselves, or with an exit code.</summary>
    public List<(Incarnation Process, string How)> BadEnds { get; } = [];

    /// <summary>What must not be and no journal tells: a replica that does not end when asked to.</summary>
    public List<string> Offences { get; } = [];

    /// <summary>What was done so far.</summary>
    public List<FaultRecord> Faults { get; } = [];

    public int Dice(int sides) => _random.Next(sides);

    public T OneOf<T>(params IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A time between two, short ones as often as long ones.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least * Math.Pow(most / least, _random.NextDouble());

    public TimeSpan Between(double least, double most) => Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));

    /// <summary>As often a time that a leader survives as one in which its lease is lost.</summary>
    public TimeSpan AroundLease() => Dice(2) == 0
        ? Between(0.05 * options.LeaseDuration, 0.5 * options.LeaseDuration)
        : LongerThanALease();

    /// <summary>Measured from the last renewal, or nearly so.</summary>
    public TimeSpan LongerThanALease() => Between(0.7 * options.LeaseDuration, 2 * options.LeaseDuration);

    /// <summary>Lets a fault happen, and takes note of it if it could.</summary>
    public async Task InjectAsync(Fault fault)
    {
        TimeSpan from = SoakClock.Now;
        if (await fault.RunAsync(this))
            Faults.Add(new FaultRecord(fault.Kind, new Span(from, SoakClock.Now)));
    }

    /// <summary>Does something to one replica that no other fault has: mostly to the leader, who has more to lose.</summary>
    public async Task<bool> WithOneAsync(Func<Replica, Task> act, bool longLivedToo = true)
    {
        replicas.Refresh();
        bool preferLeader = Dice(4) > 0;
        Replica[] free = [.. replicas.All.Where(replica =>
            replica is { IsTaken: false, IsUp: true } && (longLivedToo || !replica.IsLongLived))];
        if (free.Length == 0)
            return false;
        Replica chosen = preferLeader && replicas.Leader is { } leader && free.Contains(leader) ? leader : OneOf(free);
        chosen.IsTaken = true;
        try
        {
            await act(chosen);
        }
        finally
        {
            chosen.IsTaken = false;
        }

        return true;
    }

    /// <summary>A process was asked to end, or nobody asked it.</summary>
    public async Task NoteEndAsync(Incarnation ending, bool asked = true)
    {
        int exitCode = await ending.EndAsync();
        if (exitCode != 0 || !asked)
            BadEnds.Add((ending, $"{ending.Identity} ended {(asked ? "when asked to" : "by itself")} with exit code {exitCode}"));
    }

    /// <summary>Starts the replica's next process.</summary>
    public Task RestartAsync(Replica replica) => replica.StartAsync(Dice(int.MaxValue));
}
