namespace LeaseElection.Simulation;

/// <summary>
/// Makes every tenth world a mixed fleet: client-go stands for the same lease. It is put only where it is not at fault itself, but for what
/// <see cref="Excuse"/> names, so that whatever is left is ours to answer for.
/// </summary>
internal static class MixedFleetDraw
{
    /// <summary>
    /// What client-go takes for a lease that is free, or does not come back from, by its own design:
    /// tests/README.md, "client-go beside us".
    /// </summary>
    private static readonly FaultKind[] NotBesideClientGo =
    [
        FaultKind.EtcdRestored, FaultKind.LeaseDeleted, FaultKind.HolderCleared, FaultKind.HolderReplaced, FaultKind.DurationEdited,
        FaultKind.IdentityStolen,
    ];

    /// <summary>client-go polls: with a short lease, too, the lease must change hands a few times.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(30);

    /// <summary>Wrong times, which are harmless among us, must be so beside client-go: one of them is in each of these worlds.</summary>
    private static readonly FaultKind[] WrongTimes = [FaultKind.WallClockStepped, FaultKind.WallClockStuck];

    public static Scenario Mix(Scenario scenario)
    {
        if (scenario.Seed % 10 != 0)
            return scenario;
        var random = new Random(scenario.Seed ^ 0xC11E47);
        FaultKind[] faults = [WrongTimes[random.Next(2)], .. scenario.Faults.Where(fault => !NotBesideClientGo.Contains(fault))];
        return scenario with
        {
            ClientGo = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Config(random, scenario))],
            Nodes = Math.Min(scenario.Nodes, 3),
            WallSpread = scenario.WallSpread > 0 ? scenario.WallSpread : random.Next(2) * 1000,
            Faults = faults,
            HealedAt = scenario.HealedAt > LeastTime ? scenario.HealedAt : LeastTime,
        };
    }

    private static ClientGoConfig Config(Random random, Scenario scenario)
    {
        double ours = scenario.Settings.LeaseDuration.TotalSeconds;
        double lease = random.Next(5) switch
        {
            0 => ours * 2,
            1 => Math.Max(15, ours),
            _ => ours,
        };
        double retry = Math.Min(Math.Max(lease * (0.05 + (random.NextDouble() * 0.15)), 0.05), MostRetry(scenario));
        var config = ClientGoConfig.Of(lease, Math.Min(lease * 2 / 3, MostDeadline(scenario, lease, retry)), retry);
        return config with
        {
            ReleaseOnCancel = random.Next(2) == 0,
            RequestTimeout = config.RenewDeadline / (1 + random.Next(2)), // As Kubernetes' own components and controller-runtime set it.
            Times = random.Next(3) == 0 ? (RecordedTimes)(1 + random.Next(2)) : RecordedTimes.Both,
        };
    }

    /// <summary>
    /// Who looks less often than every lease, or every ten seconds, and sees whole seconds only, may find the same one again by chance: 2.2
    /// retry periods, with round trips and clock rates.
    /// </summary>
    private static double MostRetry(Scenario scenario)
    {
        double ours = Math.Min(
            scenario.Settings.LeaseDuration.TotalSeconds, (scenario.OtherSettings ?? scenario.Settings).LeaseDuration.TotalSeconds);
        return Math.Max(ours, 10) * (1 - scenario.RateError) / (1 + scenario.RateError) / 2.4;
    }

    /// <summary>
    /// client-go's deadline begins when it begins to renew, a retry period after the last reply. It is safe where both fit into the lease,
    /// with round trips and clock rates.
    /// </summary>
    private static double MostDeadline(Scenario scenario, double lease, double retry) =>
        (lease * (1 - scenario.RateError) / (1 + scenario.RateError)) - retry - (scenario.Latency.TotalSeconds * 30) - 0.01;
}
