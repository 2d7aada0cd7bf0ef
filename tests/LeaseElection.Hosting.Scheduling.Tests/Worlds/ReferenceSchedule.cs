namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// When something is due, worked out minute by minute and without a cron expression, for the oracle to know it from elsewhere than what it
/// judges: at a time of day, or every so many minutes.
/// </summary>
internal sealed class ReferenceSchedule(TimeZoneInfo zone, TimeSpan? timeOfDay, int everyMinutes)
{
    public string Cron => timeOfDay is { } time ? $"{time.Minutes} {time.Hours} * * *" : $"*/{everyMinutes} * * * *";

    /// <summary>All due times after an instant and not after another, UTC.</summary>
    public List<DateTimeOffset> Within(DateTimeOffset from, DateTimeOffset to) =>
        [.. (timeOfDay is { } time ? Daily(from, to, time) : EveryFewMinutes(from, to)).Where(due => due > from && due <= to)];

    private IEnumerable<DateTimeOffset> Daily(DateTimeOffset from, DateTimeOffset to, TimeSpan time)
    {
        for (DateTime date = from.UtcDateTime.Date.AddDays(-1); date <= to.UtcDateTime.Date.AddDays(1); date = date.AddDays(1))
        {
            // In the hour that there is not: when it ends. In the hour that there is twice: the first time.
            DateTime local = DateTime.SpecifyKind(date + time, DateTimeKind.Unspecified);
            while (zone.IsInvalidTime(local))
                local = local.AddMinutes(1);
            TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
            yield return new DateTimeOffset(local, offset).ToUniversalTime();
        }
    }

    private IEnumerable<DateTimeOffset> EveryFewMinutes(DateTimeOffset from, DateTimeOffset to)
    {
        var minute = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        for (; minute <= to; minute = minute.AddMinutes(1))
        {
            if (TimeZoneInfo.ConvertTime(minute, zone).Minute % everyMinutes == 0)
                yield return minute;
        }
    }
}
