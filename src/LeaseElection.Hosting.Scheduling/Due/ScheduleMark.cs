using System.Globalization;

namespace LeaseElection.Hosting.Scheduling.Due;

/// <summary>
/// How far a schedule is settled, as it is noted on the lease: <c>2026-11-28T03:00:00Z</c>, and where the latest due time had no run,
/// <c>2026-11-28T03:00:00Z last run 2026-11-27T03:00:00Z</c> or <c>… no run yet</c>.
/// </summary>
/// <param name="Through">The time up to which nothing is to be done any more, UTC, in whole seconds.</param>
/// <param name="LastRun">The due time of the latest run, if there was one.</param>
internal sealed record ScheduleMark(DateTimeOffset Through, DateTimeOffset? LastRun)
{
    private const string Form = "yyyy-MM-ddTHH:mm:ssZ";
    private const string Ran = " last run ";
    private const string Never = " no run yet";

    /// <summary>What it says, or <see langword="null"/> for a text that somebody else has written.</summary>
    public static ScheduleMark? Parse(string text)
    {
        if (text.Split(Ran) is [var through, var run] && TimeOf(through) is { } instant && TimeOf(run) is { } lastRun)
            return new ScheduleMark(instant, lastRun);
        if (text.EndsWith(Never, StringComparison.Ordinal) && TimeOf(text[..^Never.Length]) is { } since)
            return new ScheduleMark(since, null);
        return TimeOf(text) is { } both ? new ScheduleMark(both, both) : null;
    }

    public override string ToString() =>
        Write(Through) + (LastRun == Through ? "" : LastRun is { } lastRun ? Ran + Write(lastRun) : Never);

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;
}
