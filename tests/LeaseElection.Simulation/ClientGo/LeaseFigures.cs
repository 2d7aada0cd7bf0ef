namespace LeaseElection.Simulation;

/// <summary>What became of many runs of one situation: those of the seeds from 1 on.</summary>
internal sealed class LeaseFigures
{
    private readonly Lock _gate = new();

    private LeaseFigures(int runs) => Runs = runs;

    public int Runs { get; }

    /// <summary>Runs in which two led at once.</summary>
    public int WithTwo { get; private set; }

    /// <summary>The longest time for which two did.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>What the oracle saw broken, by seed.</summary>
    public SortedDictionary<int, string> Violations { get; } = [];

    public double Percent => WithTwo * 100.0 / Runs;

    public static LeaseFigures Of(int runs, Func<int, LeaseRun> play)
    {
        var figures = new LeaseFigures(runs);
        Parallel.For(1, runs + 1, seed => figures.Add(seed, play(seed)));
        return figures;
    }

    private void Add(int seed, LeaseRun run)
    {
        lock (_gate)
        {
            WithTwo += run.Work.HadTwo ? 1 : 0;
            Longest = run.Work.Longest > Longest ? run.Work.Longest : Longest;
            if (run.Violation is { } violation)
                Violations.Add(seed, violation);
        }
    }
}
