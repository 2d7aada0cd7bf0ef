namespace LeaseElection.Soak.Nemesis;

/// <summary>What happens to the API server and its store.</summary>
internal static class ServerFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("API server killed, restarted", IsAlone: false, async world =>
        {
            await world.Server.KillAsync();
            await SoakClock.DelayAsync(world.Between(0.05, 5));
            await world.Server.RestartAsync();
            return true;
        }),
        new("API server frozen", IsAlone: false, async world =>
        {
            await world.Server.PauseAsync();
            await SoakClock.DelayAsync(world.AroundLease());
            await world.Server.ResumeAsync();
            return true;
        }),
        new("etcd killed, restarted", IsAlone: false, async world =>
        {
            await world.Server.KillEtcdAsync();
            await SoakClock.DelayAsync(world.Between(0.05, 5));
            await world.Server.RestartEtcdAsync();
            return true;
        }),
    ];
}
