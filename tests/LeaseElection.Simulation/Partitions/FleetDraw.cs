using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>Draws a fleet from a seed: half of them orderly, half of them with a few kinds of faults.</summary>
internal static class FleetDraw
{
    private static readonly FleetFault[] Orders =
    [
        FleetFault.Join, FleetFault.TwoJoin, FleetFault.Leave, FleetFault.Kill, FleetFault.Restart, FleetFault.RollingUpdate,
        FleetFault.KillAndRestart, FleetFault.Outage,
    ];

    private static readonly FleetFault[] All = [.. Enum.GetValues<FleetFault>().Where(fault => fault != FleetFault.LeaseDeleted)];

    public static FleetScenario From(int seed)
    {
        var random = new Random(seed ^ 0xF1EE7);
        bool isOrderly = random.Next(2) == 0;
        ElectorSettings settings = Timings(random);
        int partitions = random.Next(3) == 0 ? 1 + random.Next(32) : 1 + random.Next(12);
        double rateError = Math.Min(random.Next(3) == 0 ? 0 : random.NextDouble() * 0.083, MostError(settings));
        FleetFault[] faults = Draw(random, isOrderly ? Orders : All, 1 + random.Next(4));
        var moveAfter = TimeSpan.FromSeconds(random.Next(3) == 0 ? 1 + random.Next(30) : 10);
        if (isOrderly && faults.Contains(FleetFault.KillAndRestart))
        {
            rateError = 0; // By a faster clock than its own, a process that is back soon may be too late.
            moveAfter += settings.LeaseDuration / 2; // Else things move before it shows that the one it replaces is dead.
        }

        return Varied(new FleetScenario
        {
            Seed = seed,
            Replicas = random.Next(4) == 0 ? 1 + random.Next(8) : 1 + random.Next(4),
            Partitions = partitions,
            OtherPartitions = random.Next(4) == 0 ? 1 + random.Next(16) : partitions,
            Settings = settings,
            MoveAfter = moveAfter,
            Drain = TimeSpan.FromSeconds(random.NextDouble() * (random.Next(4) == 0 ? 10 : 1)),
            RateError = rateError,
            Latency = TimeSpan.FromMilliseconds(Math.Pow(10, (random.NextDouble() * 2.3) - 1)),
            IsOrderly = isOrderly,
            Faults = faults,
            Pause = TimeSpan.FromSeconds(1 + (random.NextDouble() * 12)),
            HealedAt = TimeSpan.FromSeconds(30 + (random.NextDouble() * 90)),
        });
    }

    /// <summary>What came later, by dice of its own: all other fleets are what they were.</summary>
    private static FleetScenario Varied(FleetScenario drawn)
    {
        var random = new Random(drawn.Seed ^ 0x57AC5);
        return random.Next(8) switch
        {
            0 or 1 => WithStuck(drawn, random),
            2 => WithFewWhoRenewOften(drawn, random),
            3 when drawn.IsOrderly => drawn with { Faults = [.. drawn.Faults, FleetFault.LeaseDeleted] },
            _ => drawn,
        };
    }

    private static FleetScenario WithStuck(FleetScenario drawn, Random random)
    {
        int[] indexes = [.. Enumerable.Range(0, drawn.LeastPartitions)];
        random.Shuffle(indexes);
        bool isByWork = random.Next(2) == 0;
        TimeSpan faulted = TimeSpan.FromSeconds(10); // Who has one for a second is over its quota for so long, and gives nothing up for it.
        return drawn with
        {
            Stuck = [.. indexes.Take(1 + random.Next(Math.Max(indexes.Length / 3, 1)))],
            IsStuckByWork = isByWork,
            MoveAfter = isByWork && drawn.MoveAfter < faulted ? faulted : drawn.MoveAfter,
        };
    }

    /// <summary>Views are outdated soon, and there are so few partitions that some own none and nobody else may renew anything.</summary>
    private static FleetScenario WithFewWhoRenewOften(FleetScenario drawn, Random random)
    {
        int partitions = 1 + random.Next(3);
        return drawn with { Settings = Settings(15, 10, 1, 5), Partitions = partitions, OtherPartitions = partitions };
    }

    private static FleetFault[] Draw(Random random, FleetFault[] from, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => from[random.Next(from.Length)])];

    private static double MostError(ElectorSettings settings) =>
        (settings.LeaseDuration - settings.RenewDeadline) / (settings.LeaseDuration + settings.RenewDeadline) * 0.9;

    private static ElectorSettings Timings(Random random) => random.Next(6) switch
    {
        0 => Settings(10, 8, 2, 2),
        1 => Settings(30, 20, 5, 5),
        2 => Settings(6, 4, 1.2, 1),
        _ => Settings(15, 10, 3, 2),
    };

    private static ElectorSettings Settings(double lease, double deadline, double interval, double retry) => new()
    {
        Identity = "",
        LeaseDuration = TimeSpan.FromSeconds(lease),
        RenewDeadline = TimeSpan.FromSeconds(deadline),
        RenewInterval = TimeSpan.FromSeconds(interval),
        RetryPeriod = TimeSpan.FromSeconds(retry),
        StopTimeout = TimeSpan.FromSeconds(lease - deadline),
        DrainTimeout = TimeSpan.FromSeconds(28),
    };
}
