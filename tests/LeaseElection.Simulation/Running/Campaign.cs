namespace LeaseElection.Simulation;

/// <summary>Plays many seeds, one thread a core and one thread a world, and adds up what happened in them.</summary>
internal sealed class Campaign
{
    private readonly Lock _gate = new();

    public int Seeds { get; private set; }

    public TimeSpan Took { get; private set; }

    /// <summary>The true time that passed in all worlds together.</summary>
    public TimeSpan Simulated { get; private set; }

    public long Terms { get; private set; }

    /// <summary>Worlds in which client-go stood for the same lease.</summary>
    public int Mixed { get; private set; }

    /// <summary>How often client-go led in them.</summary>
    public long ClientGoTerms { get; private set; }

    /// <summary>Worlds in which processes wanted the lease for a while only, again and again.</summary>
    public int ForOneTerm { get; private set; }

    /// <summary>Worlds in which standbys looked at the Pod of the holder.</summary>
    public int WatchedPods { get; private set; }

    /// <summary>How often a Pod proved to a standby that the holder is dead.</summary>
    public long Proofs { get; private set; }

    /// <summary>Worlds in which the work killed its leaders.</summary>
    public int Killing { get; private set; }

    /// <summary>How many take-overs had to wait for that.</summary>
    public long Slowed { get; private set; }

    public FaultCounts Faults { get; } = new();

    /// <summary>How often two ran at once, by the reason that no lease can help.</summary>
    public SortedDictionary<string, long> Excused { get; } = [];

    /// <summary>In how many worlds nothing had to be excused.</summary>
    public int Clean { get; private set; }

    /// <summary>Writes of earlier terms that the resource refused because of their token.</summary>
    public long Fenced { get; private set; }

    public SortedDictionary<int, Violation> Violations { get; } = [];

    public static Campaign Run(int first, int seeds)
    {
        var campaign = new Campaign();
        long start = TimeProvider.System.GetTimestamp();
        Parallel.For(0, seeds, i => campaign.Add(first + i, Seed.Play(first + i)));
        campaign.Took = TimeProvider.System.GetElapsedTime(start);
        return campaign;
    }

    private void Add(int seed, World world)
    {
        lock (_gate)
        {
            Seeds++;
            Simulated += world.Now;
            Terms += world.Oracle.Terms;
            Mixed += world.ClientGo.Count > 0 ? 1 : 0;
            ForOneTerm += world.Scenario.Settings.ForOneTerm ? 1 : 0;
            WatchedPods += world.Scenario.WatchesPods ? 1 : 0;
            Proofs += world.Proofs;
            Killing += world.Scenario.WorkKills > 0 ? 1 : 0;
            Slowed += world.Oracle.TakeOvers.Slowed;
            ClientGoTerms += world.Oracle.ClientGoTerms;
            foreach ((string excuse, int times) in world.Oracle.Excused)
                Excused[excuse] = Excused.GetValueOrDefault(excuse) + times;
            if (world.Oracle.Excused.Count == 0)
                Clean++;
            Fenced += world.Resource.Refused;
            Faults.Add(world.Faults);
            if (world.Violation is { } violation)
                Violations.Add(seed, violation);
        }
    }
}
