using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>Whether a situation came out as it must.</summary>
internal static class LeaseVerdict
{
    /// <summary>
    /// The longest overlap of a sample falls short of what the algorithm allows, theirs as well as ours. So ours must come near theirs
    /// from below, and must not exceed what the algorithm allows, but may well exceed theirs.
    /// </summary>
    private const double LeastOfPublished = 0.9;

    /// <summary>
    /// The round trips, in seconds, which the formulas leave out: four in a row at most, each of about 4 ms and rarely of 33 ms.
    /// </summary>
    private const double RoundTrips = 0.05;

    /// <summary>
    /// How often it happens depends on the phases in which standbys poll, and those of the published runs are not known. One standby more
    /// makes 7 to 12 points (61 or 69 % where the holder is cleared), and the sampling of two times a thousand runs 7 at the very most.
    /// </summary>
    private const double Band = 10;

    /// <summary>Why the model of client-go does not do what client-go does; <see langword="null"/>: it does.</summary>
    public static string? OfClientGo(LeaseCase situation, LeaseFigures figures)
    {
        double longest = figures.Longest.TotalSeconds;
        if (situation.PublishedPercent == 0)
            return figures.WithTwo == 0 ? null : Say($"two leaders in {figures.WithTwo} runs, published none");
        if (longest < situation.PublishedOverlap * LeastOfPublished)
            return Say($"two leaders for at most {longest:0.00} s, published {situation.PublishedOverlap:0.00} s");
        if (longest > situation.Most + RoundTrips)
            return Say($"two leaders for {longest:0.00} s, more than the algorithm allows: {situation.Formula} = {situation.Most:0.00} s");
        if (Math.Abs(figures.Percent - situation.PublishedPercent) > Band)
            return Say($"two leaders in {figures.Percent:0.0} % of the runs, published {situation.PublishedPercent:0} %");
        return null;
    }

    /// <summary>What is wrong with us; <see langword="null"/>: nothing.</summary>
    public static string? OfUs(LeaseFigures figures)
    {
        if (figures.WithTwo > 0)
            return Say($"two leaders in {figures.WithTwo} runs, for at most {figures.Longest.TotalSeconds:0.00} s{First(figures)}");
        return figures.Violations.Count > 0 ? Say($"{figures.Violations.Count} violations{First(figures)}") : null;
    }

    private static string First(LeaseFigures figures)
    {
        foreach ((int seed, string violation) in figures.Violations)
            return Say($", first with seed {seed}: {violation}");
        return "";
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
