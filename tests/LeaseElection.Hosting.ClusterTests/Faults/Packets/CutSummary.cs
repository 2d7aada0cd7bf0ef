using System.Globalization;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>What all trials come to: a table with a row for each elector.</summary>
internal static class CutSummary
{
    public static string Of(CutOptions options, IEnumerable<Cut> cuts) => $"""

        Trials: {options.Trials}, at {options.Timings.LeaseSeconds}/{options.Timings.DeadlineSeconds}/{options.Timings.RetrySeconds} s; least / median / most:

        | elector | work stopped after the cut | the next began after it | worked side by side |
        |---|---|---|---|
        {string.Join('\n', cuts.GroupBy(cut => cut.Elector).Select(elector => Row(elector.Key, [.. elector])))}
        """;

    private static string Row(string elector, Cut[] cuts)
    {
        TimeSpan?[] overlaps = [.. cuts.Select(cut => (TimeSpan?)cut.Overlap).Where(overlap => overlap > TimeSpan.Zero)];
        string together = overlaps.Length == 0 ? "never"
            : overlaps.Max() == TimeSpan.MaxValue ? $"{overlaps.Length} of {cuts.Length}, no end seen"
            : $"{overlaps.Length} of {cuts.Length}: {Range(overlaps)}";
        return $"| {elector} | {Range(cuts.Select(cut => cut.Stopped))} | {Range(cuts.Select(cut => cut.Began))} | {together} |";
    }

    /// <summary>The least, the median and the most of what happened at all.</summary>
    private static string Range(IEnumerable<TimeSpan?> times)
    {
        double[] sorted = [.. times.OfType<TimeSpan>().Select(time => time.TotalSeconds).Order()];
        return sorted.Length == 0
            ? "never"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted[0]:0.0} / {(sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2:0.0} / {sorted[^1]:0.0} s");
    }
}
