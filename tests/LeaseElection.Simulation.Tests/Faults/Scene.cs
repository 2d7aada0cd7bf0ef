using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>
/// A calm world in which one node leads and the others stand by, at a phase of the leader's renewals that the seed decides.
/// </summary>
internal sealed class Scene
{
    public static readonly ElectorSettings Settings = ScenarioDraw.Default;

    public Scene(int seed, int nodes = 3, Func<Scenario, Scenario>? with = null)
    {
        Scenario scenario = Scenario.Calm(seed, nodes);
        World = new World(with is null ? scenario : with(scenario));
        foreach (Node node in World.Nodes)
            World.In(World.Upto(TimeSpan.FromMilliseconds(500)), node.Boot);
        AssertThat(World.RunUntil(() => World.Leader is not null, TimeSpan.FromSeconds(5)), "Nobody leads to begin with.");
        Pass(3 + (World.Random.NextDouble() * 3));
        Leader = World.Leader!;
        Work = Leader.Work!;
    }

    public World World { get; }

    /// <summary>Who leads to begin with, and its work.</summary>
    public SimProcess Leader { get; }

    public SimWork Work { get; }

    public Link Link => Leader.Node.Link;

    public IEnumerable<Node> Standbys => World.Nodes.Where(node => node != Leader.Node);

    /// <summary>The s + D of the leader's last confirmed write, in truth.</summary>
    public TimeSpan Deadline => Leader.Truth.ProofSentAt + Settings.RenewDeadline;

    /// <summary>How many terms there have been.</summary>
    public int Terms => World.Oracle.Terms;

    public static int Sent(Node node) => node.Process!.Truth.SentInAll;

    public void Pass(double seconds)
    {
        World.RunFor(TimeSpan.FromSeconds(seconds));
        AssertWell();
    }

    /// <summary>What follows may well cost the term, and the time without a leader is measured by the test itself.</summary>
    public void ExpectLoss() => World.Trouble(null, TimeSpan.FromHours(1));

    /// <summary>Runs until this holds; returns when, in truth.</summary>
    public TimeSpan Until(Func<bool> holds, double within = 60)
    {
        AssertThat(World.RunUntil(holds, World.Now + TimeSpan.FromSeconds(within)), "It does not happen in time.");
        return World.Now;
    }

    /// <summary>Runs until the leader's next write has been carried out by the server.</summary>
    public void UntilCommit()
    {
        int last = Leader.Truth.LastCommit;
        Until(() => Leader.Truth.LastCommit != last);
    }

    /// <summary>Runs until the next term begins; returns when, in truth.</summary>
    public TimeSpan UntilNextTerm(double within = 60)
    {
        int terms = Terms;
        return Until(() => Terms > terms, within);
    }

    public void AssertStillLeads(string because)
    {
        AssertWell();
        AssertThat(Terms == 1 && Leader.IsHeld, because);
    }

    public void AssertWell() => AssertThat(World.Violation is null, "A promise was broken.");

    public void AssertThat(bool holds, string otherwise)
    {
        if (!holds)
            Assert.Fail($"{otherwise} {World.Violation} [{World.Scenario}; at {World.Now}; {Server.Describe(World.Server.Current)}]");
    }

    public static LeaseStoreError Error(LeaseStoreErrorKind kind, double? retryAfter = null) =>
        new(kind, "simulated") { RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
}
