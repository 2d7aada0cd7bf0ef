using System.Globalization;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>What came of a cut between a leader and the API server; a row of the table.</summary>
/// <param name="Elector">Whose leader.</param>
/// <param name="Renewed">How long before the cut the leader had renewed.</param>
/// <param name="Stopped">How long after it its work had stopped; <see langword="null"/>: it went on, to the end of the trial.</param>
/// <param name="Began">How long after it the standby's work began; <see langword="null"/>: it did not.</param>
internal sealed record Cut(string Elector, TimeSpan Renewed, TimeSpan? Stopped, TimeSpan? Began)
{
    /// <summary>The head of the table.</summary>
    public const string Head = """
        | elector | last renewal before the cut | work stopped after it | the next began after it | worked side by side |
        |---|---|---|---|---|
        """;

    private const string Never = "never";

    /// <summary>How long the work of both ran; <see cref="TimeSpan.MaxValue"/>: to the end of the trial.</summary>
    public TimeSpan Overlap => (Stopped, Began) switch
    {
        (_, null) => TimeSpan.Zero,
        (null, _) => TimeSpan.MaxValue,
        ({ } stopped, { } began) => stopped > began ? stopped - began : TimeSpan.Zero,
    };

    /// <summary>The cut of a row; <see langword="null"/> for a line that is none.</summary>
    public static Cut? Parse(string line) =>
        line.Split('|', StringSplitOptions.TrimEntries) is ["", var elector, var renewed, var stopped, var began, _, ""]
            && Time(renewed) is { } before
            ? new Cut(elector, before, Time(stopped), Time(began))
            : null;

    /// <summary>The row.</summary>
    public override string ToString() => $"| {Elector} | {Text(Renewed)} | {Text(Stopped)} | {Text(Began)} | "
        + $"{(Overlap == TimeSpan.MaxValue ? "no end seen" : Text(Overlap))} |";

    private static string Text(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.000} s") : Never;

    private static TimeSpan? Time(string text) =>
        text.EndsWith(" s", StringComparison.Ordinal) ? TimeSpan.FromSeconds(double.Parse(text[..^2], CultureInfo.InvariantCulture)) : null;
}
