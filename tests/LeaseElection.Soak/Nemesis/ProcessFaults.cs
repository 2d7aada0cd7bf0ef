using LeaseElection.Soak.Replicas;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Soak.Nemesis;

/// <summary>What happens to processes.</summary>
internal static class ProcessFaults
{
    /// <summary>More than the slowest work takes to drain, and the release after it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Fault StepDown = new("step-down", IsAlone: false, StepDownAsync);
    private static readonly Fault Terminate = OfMortal("SIGTERM, restart", TerminateAsync);
    private static readonly Fault Kill = OfMortal("SIGKILL, restart", KillAsync);
    private static readonly Fault Freeze = OfMortal("SIGSTOP, SIGCONT", (world, replica) => replica.FreezeAsync(
        world.Dice(2) == 0 ? world.Between(0.1, 20) : world.LongerThanALease()));

    /// <summary>More than once those that make another lead, and soon.</summary>
    public static IReadOnlyList<Fault> All { get; } = [Terminate, Terminate, Terminate, Kill, Kill, Freeze, Freeze, StepDown, StepDown];

    /// <summary>What the long-lived replica is spared. It is asked to step down, or these would mostly meet standbys.</summary>
    private static Fault OfMortal(string kind, Func<World, Replica, Task> act) => new(kind, IsAlone: false, async world =>
    {
        world.Replicas.Refresh();
        if (world.Replicas.Leader is { IsLongLived: true, IsTaken: false })
            await world.InjectAsync(StepDown);
        return await world.WithOneAsync(replica => act(world, replica), longLivedToo: false);
    });

    private static async Task TerminateAsync(World world, Replica replica)
    {
        Incarnation ending = replica.Current;
        ending.Process.Send(UnixSignal.Terminate);
        if (!await world.Replicas.UntilAsync(() => ending.HasExited, Patience))
        {
            world.Offences.Add($"{ending.Identity} did not end within {Patience.TotalSeconds:0} s after SIGTERM");
            ending.Process.Send(UnixSignal.Kill);
        }

        await world.NoteEndAsync(ending);
        await world.RestartAsync(replica);
    }

    private static async Task KillAsync(World world, Replica replica)
    {
        await replica.KillAsync();
        await SoakClock.DelayAsync(world.Between(0.05, 2));
        await world.RestartAsync(replica);
    }

    private static async Task<bool> StepDownAsync(World world)
    {
        Replica? leader = null;
        if (!await world.Replicas.UntilAsync(() => (leader = world.Replicas.Leader) is { IsTaken: false }, world.Options.Liveness))
            return false;
        leader!.IsTaken = true;
        leader.Current.Process.Send(ReplicaProgram.StepDown);
        await world.Replicas.UntilAsync(() => world.Replicas.Leader is { } other && other != leader, world.Options.Liveness);
        leader.IsTaken = false;
        return true;
    }
}
