using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>How measured times are told.</summary>
internal static class Figures
{
    public static void Print(string what, List<TimeSpan> gaps)
    {
        if (gaps.Count == 0)
            return;
        gaps.Sort();
        string all = string.Join(' ', gaps.Select(gap => gap.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: min {gaps[0].TotalMilliseconds:0} / median {Median(gaps):0} / max {gaps[^1].TotalMilliseconds:0} ms ({gaps.Count} "
                + $"trials: {all})"));
    }

    /// <summary>For a cell of a table: the median, and the most.</summary>
    public static string Short(List<TimeSpan> gaps)
    {
        gaps.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{Median(gaps):0} ms (at most {gaps[^1].TotalMilliseconds:0})");
    }

    /// <summary>For four cells of a table: the least, the median, the most, and of how many.</summary>
    public static string Cells(List<TimeSpan> gaps)
    {
        gaps.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{gaps[0].TotalSeconds:0.00} s | {Median(gaps) / 1000:0.00} s | {gaps[^1].TotalSeconds:0.00} s | {gaps.Count}");
    }

    /// <summary>For a cell of a table whose head has the unit: the median.</summary>
    public static string Milliseconds(List<TimeSpan> times)
    {
        times.Sort();
        return Median(times).ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary>For a cell of a table, of times in which tenths of a millisecond count.</summary>
    public static string Fine(List<TimeSpan> gaps)
    {
        gaps.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"median {Median(gaps):0.0} ms (at least {gaps[0].TotalMilliseconds:0.0}, at most {gaps[^1].TotalMilliseconds:0.0}, of "
                + $"{gaps.Count})");
    }

    private static double Median(List<TimeSpan> sorted) =>
        (sorted[(sorted.Count - 1) / 2].TotalMilliseconds + sorted[sorted.Count / 2].TotalMilliseconds) / 2;
}
