using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// Draws a scenario from a seed. Each world gets few kinds of faults rather than all: rare combinations come up that way, which a
/// mixture of everything would drown.
/// </summary>
internal static class ScenarioDraw
{
    private static readonly FaultKind[] AllFaults = Enum.GetValues<FaultKind>();

    /// <summary>
    /// The lease deleted or edited by hand while what a process knows or asks is late: what the core got wrong most often, and what chance
    /// brings together seldom.
    /// </summary>
    private static readonly FaultKind[] HandsAndDelays =
    [
        FaultKind.LeaseDeleted, FaultKind.LeaseDeleted, FaultKind.HolderCleared, FaultKind.SlowRequest, FaultKind.SlowReply,
        FaultKind.LateCommit,
        FaultKind.StarvedPool, FaultKind.Suspend, FaultKind.Partition, FaultKind.WatchLagging,
    ];

    private static readonly UInt128[] FirstVersions =
        [1, 90, 999_990, int.MaxValue - 20, 1UL << 53, ulong.MaxValue - 15, UInt128.One << 90, UInt128.MaxValue >> 1];

    public static ElectorSettings Default { get; } = Settings(15, 10, 3, 2, 5, 28);

    public static Scenario From(int seed)
    {
        var random = new Random(seed ^ 0x5EED);
        ElectorSettings settings = Timings(random) with
        {
            ReleaseOnStop = random.Next(10) != 0,
            WhenWorkEnds = (WorkEndPolicy)random.Next(5),
            WhenWorkOverruns = (WorkOverrunPolicy)random.Next(3),
        };
        ElectorSettings? other = random.Next(8) == 0 ? Timings(random) : null;
        bool forOneTerm = new Random(seed ^ 0x10C4).Next(6) == 0; // Dice of their own, as below.
        settings = settings with { ForOneTerm = forOneTerm };
        other = other is null ? null : other with { ForOneTerm = forOneTerm };
        Random pods = new(seed ^ 0x90D5); // Dice of their own, too.
        bool watchesPods = pods.Next(4) == 0 && !forOneTerm;
        bool setsClocksBack = pods.Next(2) == 0;
        settings = watchesPods ? Long(settings) : settings;
        other = watchesPods && other is not null ? Long(other) : other;
        Random many = new(seed ^ 0x4E1E); // Dice of their own, too: whether each is one of hundreds of elections of its process.
        double queued = many.Next(8) == 0 ? many.NextDouble() : 0;
        settings = Queued(settings, queued);
        other = other is null ? null : Queued(other, queued);
        double mostError = Math.Min(MostError(settings), MostError(other ?? settings));
        bool provesDeath = new Random(seed ^ 0xDEAD).Next(4) == 0; // Dice of their own, so that the other worlds stay as they are.
        FaultKind[] faults = provesDeath || watchesPods ? [FaultKind.Kill, .. Faults(random)] : Faults(random);
        bool onlyEnds = watchesPods && pods.Next(3) != 0; // Terms that live long enough to be watched, and then end.
        if (onlyEnds)
            faults = [FaultKind.Kill, FaultKind.Kill, FaultKind.ShutDown, FaultKind.ShutDown, faults[^1]];
        if (watchesPods && !setsClocksBack)
            faults = [.. faults.Where(fault => fault != FaultKind.WallClockStepped)];
        return KillingWorkDraw.Mix(MixedFleetDraw.Mix(new Scenario
        {
            Seed = seed,
            Nodes = random.Next(50) == 0 ? 10 + random.Next(41) : 1 + random.Next(5),
            Settings = settings,
            OtherSettings = other,
            RateError = Math.Min(random.Next(3) == 0 ? 0 : random.NextDouble() * 0.083, mostError),
            WallSpread = random.Next(2) == 0 ? 0 : Math.Pow(10, random.Next(1, 8)),
            Latency = Latency(random, other is null || settings.RenewDeadline < other.RenewDeadline ? settings : other),
            FirstVersion = FirstVersions[random.Next(FirstVersions.Length)],
            HasNumbers = random.Next(50) != 0 || faults.Contains(FaultKind.WatchRewound), // What has no order cannot be seen to go back.
            WatchesLook = new Random(seed ^ 0x6A95).Next(5) == 0 && !faults.Contains(FaultKind.WatchRewound), // Dice of their own, too.
            HasNestedIdentities = random.Next(20) == 0,
            ProvesDeath = provesDeath,
            WatchesPods = watchesPods,
            SetsClocksBack = setsClocksBack,
            KubeletLag = TimeSpan.FromSeconds(setsClocksBack ? 7 * pods.NextDouble() : 45 * pods.NextDouble()),
            SaysNotes = new Random(seed ^ 0x207E).Next(4) == 0, // Dice of their own, too.
            WorkEndsByItself = random.Next(5) == 0 ? 0.3 : 0,
            WorkDisobeys = random.Next(20) == 0 ? 0.3 : 0,
            Faults = faults,
            Pause = TimeSpan.FromSeconds(0.3 + (random.NextDouble() * random.NextDouble() * 15) + (onlyEnds ? pods.NextDouble() * 6 : 0)),
            HealedAt = settings.LeaseDuration * (2 + (random.NextDouble() * 4)) * (watchesPods ? 3 : 1),
        }));
    }

    /// <summary>A lease that runs out sooner than a term settles leaves nothing to prove.</summary>
    private static ElectorSettings Long(ElectorSettings settings) =>
        settings.LeaseDuration >= Default.LeaseDuration ? settings : Default with
        {
            ReleaseOnStop = settings.ReleaseOnStop,
            WhenWorkEnds = settings.WhenWorkEnds,
            WhenWorkOverruns = settings.WhenWorkOverruns,
        };

    /// <summary>The longer its release has to wait for those of others, the longer it may take: see <c>ElectionSettings</c>.</summary>
    private static ElectorSettings Queued(ElectorSettings settings, double share) =>
        settings.RenewDeadline <= ElectorSettings.ReleaseTimeout
            ? settings
            : settings with
            {
                ReleaseWithin = ElectorSettings.ReleaseTimeout + (share * (settings.RenewDeadline - ElectorSettings.ReleaseTimeout)),
            };

    /// <summary>A clock may be off by so much that the lease still leaves work a little time to stop.</summary>
    private static double MostError(ElectorSettings settings) =>
        (settings.LeaseDuration - settings.RenewDeadline) / (settings.LeaseDuration + settings.RenewDeadline) * 0.9;

    /// <summary>A tenth of a millisecond to 30, but such that the slowest round trip takes half the time a request has.</summary>
    private static TimeSpan Latency(Random random, ElectorSettings settings)
    {
        var latency = TimeSpan.FromMilliseconds(Math.Pow(10, (random.NextDouble() * 2.5) - 1));
        TimeSpan most = settings.RenewDeadline / 3 / 22;
        return latency < most ? latency : most;
    }

    private static FaultKind[] Faults(Random random)
    {
        if (random.Next(20) == 0)
            return AllFaults;
        FaultKind[] from = random.Next(5) == 0 ? HandsAndDelays : AllFaults;
        var faults = new FaultKind[1 + random.Next(6)];
        for (int i = 0; i < faults.Length; i++)
            faults[i] = from[random.Next(from.Length)];
        return faults;
    }

    private static ElectorSettings Timings(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return Settings(10, 8, 2, 2, 2, 8);
            case 1:
                return Settings(30, 20, 5, 5, 10, 28);
            case 2:
                return Settings(3, 2, 0.6, 0.5, 1, 5);
            case 3:
                return Settings(1, 0.6, 0.2, 0.2, 0.4, 2);
            case 4:
                int lease = 2 + random.Next(19);
                double deadline = lease * (0.3 + (random.NextDouble() * 0.55));
                double interval = Math.Max(0.1, deadline * (0.05 + (random.NextDouble() * 0.45)));
                return Settings(
                    lease, deadline, interval, 0.05 + (random.NextDouble() * (deadline - 0.05)), lease - deadline, 1 + random.Next(28));
            default:
                return Default;
        }
    }

    private static ElectorSettings Settings(
        double lease, double deadline, double interval, double retry, double stop, double drain) => new()
        {
            Identity = "",
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RenewInterval = TimeSpan.FromSeconds(interval),
            RetryPeriod = TimeSpan.FromSeconds(retry),
            StopTimeout = TimeSpan.FromSeconds(stop),
            DrainTimeout = TimeSpan.FromSeconds(drain),
        };
}
