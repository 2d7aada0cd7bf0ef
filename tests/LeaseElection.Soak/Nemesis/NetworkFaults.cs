using LeaseElection.Soak.Replicas;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Soak.Nemesis;

/// <summary>What happens between a replica and the API server.</summary>
internal static class NetworkFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        One("partition, black hole", (_, proxy) => proxy.Partition()),
        One("partition, requests hang", (_, proxy) => proxy.Hang().SilenceWatches()),
        One("partition, reset", (_, proxy) => proxy.Reset().ResetConnections()),
        new("partition of all", IsAlone: false, PartitionAllAsync),
        One("dead connections", (_, proxy) => proxy.BlackHole()),
        One(
            "slow answers",
            (world, proxy) => proxy.DelayAnswer(world.Between(0.1 * world.Options.RenewDeadline, world.Options.LeaseDuration))),
        One(
            "late commits",
            (world, proxy) => proxy.Delay(world.Between(0.1 * world.Options.RenewDeadline, world.Options.LeaseDuration), "update")),
        One("cut after commit", (world, proxy) => proxy.CutAfterCommit("update", times: 1 + world.Dice(4))),
        One("silence after commit", (world, proxy) => proxy.HangAfterCommit("update", times: 1 + world.Dice(4))),
        One("delivered twice", (_, proxy) => proxy.Replay()),
        Refusals(429),
        Refusals(500),
        Refusals(503),
        Refusals(401),
        One("watch silence", (_, proxy) => proxy.SilenceWatches()),
        One("watch storm", (world, proxy) => proxy.CloseWatchesAfter(world.Between(0.02, 1))),
        One(
            "watch broken off",
            (world, proxy) => proxy.BreakWatches(world.OneOf(WatchBreak.Gone, WatchBreak.Truncated, WatchBreak.Garbage))),
        new("token rotated", IsAlone: false, world => world.WithOneAsync(replica => RotateTokenAsync(world, replica))),
    ];

    private static Fault One(string kind, Action<World, FaultProxy> begin) =>
        new(kind, IsAlone: false, world => world.WithOneAsync(async replica =>
        {
            begin(world, replica.Proxy);
            await SoakClock.DelayAsync(world.AroundLease());
            replica.Proxy.Heal();
        }));

    private static Fault Refusals(int status) => One($"{status} answers", (world, proxy) => proxy.Answer(
        status,
        status is 429 or 503 ? world.OneOf<TimeSpan?>(null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32)) : null,
        times: world.OneOf(1, 3, 10, FaultProxy.Always)));

    private static async Task<bool> PartitionAllAsync(World world)
    {
        Replica[] free = [.. world.Replicas.All.Where(replica => !replica.IsTaken)];
        foreach (Replica replica in free)
        {
            replica.IsTaken = true;
            replica.Proxy.Partition();
        }

        await SoakClock.DelayAsync(world.AroundLease());
        foreach (Replica replica in free)
        {
            replica.Proxy.Heal();
            replica.IsTaken = false;
        }

        return true;
    }

    /// <summary>The old token is refused from now on, and a moment later the file has another.</summary>
    private static async Task RotateTokenAsync(World world, Replica replica)
    {
        replica.Proxy.Answer(401, times: 1 + world.Dice(2));
        await SoakClock.DelayAsync(world.Between(0.01, 2));
        await replica.RotateTokenAsync();
        await SoakClock.DelayAsync(world.AroundLease());
        replica.Proxy.Heal();
    }
}
