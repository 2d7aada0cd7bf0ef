using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>Plays one seed from the first boot to the last exit.</summary>
internal static class Seed
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>client-go would hardly ever lead otherwise: it polls, and we take a lease in the instant in which it is given up.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(5);

    public static World Play(int seed, Chronicle? chronicle = null)
    {
        var world = new World(ScenarioDraw.From(seed), chronicle);
        var nemesis = new Nemesis(world);
        TimeSpan headStart = world.ClientGo.Count > 0 ? world.Upto(HeadStart) * world.Random.Next(2) : TimeSpan.Zero;
        foreach (Node node in world.Nodes)
            world.In(headStart + world.Upto(TimeSpan.FromSeconds(2)), node.Boot);
        foreach (ClientGoNode node in world.ClientGo)
            world.In(world.Upto(TimeSpan.FromSeconds(2)), node.Boot);
        nemesis.Start();
        new PodNemesis(world).Start();
        world.RunUntil(world.Scenario.HealedAt);
        nemesis.Heal();
        TimeSpan bound = Liveness.Bound(world) + world.Oracle.TakeOvers.LongestWait();
        world.RunUntil(() => world.IsLed && world.Now > world.Scenario.HealedAt + Calm, world.Now + bound);
        world.Oracle.CheckLeader();
        Close(world);
        return world;
    }

    /// <summary>For the mutants, which are another build of the same library: nothing but plain types crosses over.</summary>
    public static string? ViolationOf(int seed) => Play(seed).Violation?.ToString();

    /// <summary>All are asked to stop, and must, and leave the lease to whoever comes next.</summary>
    private static void Close(World world)
    {
        world.IsClosing = true;
        foreach (Node node in world.Nodes)
            node.ShutDown();
        TimeSpan longest = Liveness.StopBound(world);
        bool allGone = world.RunUntil(() => world.Nodes.All(node => node.Process is null), world.Now + longest);
        if (world.Violation is not null)
            return;
        if (!allGone)
            world.Oracle.Fail("a process does not stop", world.Nodes.First(node => node.Process is not null).Process);
        else if (world.Scenario is { Settings.ReleaseOnStop: true, WorkDisobeys: 0 } && !world.Nodes.Any(node => node.WasKilledAtLast)
            && world.Server.RestoredAt < 0 // A write of long ago may find the version that it names once more.
            && IsOurs(world, world.Server.Current))
            world.Oracle.Fail("all stopped in good order and nobody released the lease", null);
    }

    private static bool IsOurs(World world, Lease? lease) =>
        lease is { Record.HasHolder: true } && !world.ClientGo.Any(node => node.Elector?.Identity == lease.Record.HolderIdentity);
}
