using Cronos;

namespace LeaseElection.Hosting.Scheduling.Due;

/// <summary>When something is due: a cron expression in a time zone. All times are UTC and whole seconds.</summary>
internal sealed class DueTimes(CronExpression expression, TimeZoneInfo zone)
{
    /// <summary>To which number due times are counted: of a schedule of every second 31 million pass in a year that nobody leads.</summary>
    public const int MostCounted = 1_000;

    /// <summary>The end of time, with room for a time zone: a note that somebody has edited may say it.</summary>
    private static readonly DateTimeOffset Latest = DateTimeOffset.MaxValue.AddDays(-2);

    /// <summary>The first after an instant, or <see langword="null"/> when there is none any more.</summary>
    public DateTimeOffset? After(DateTimeOffset instant) =>
        instant < Latest ? expression.GetNextOccurrence(instant.ToUniversalTime(), zone)?.ToUniversalTime() : null;

    /// <summary>
    /// Those after <paramref name="from"/> and not after <paramref name="to"/>: the latest of them, at most so many, in their order.
    /// </summary>
    public IReadOnlyList<DateTimeOffset> Within(DateTimeOffset from, DateTimeOffset to, int most)
    {
        // Looked for from the end, in windows that double: how long ago the beginning is must cost nothing.
        for (var window = TimeSpan.FromSeconds(most); ; window *= 2)
        {
            DateTimeOffset begin = to - from <= window ? from : to - window;
            DateTimeOffset[] found = [.. Walk(begin, to)];
            if (found.Length >= most || begin == from)
                return found.Length > most ? found[^most..] : found;
        }
    }

    private IEnumerable<DateTimeOffset> Walk(DateTimeOffset from, DateTimeOffset to)
    {
        for (DateTimeOffset? next = After(from); next <= to; next = After(next.Value))
            yield return next.Value;
    }
}
