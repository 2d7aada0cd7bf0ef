namespace LeaseElection.Hosting.Scheduling;

/// <summary>Time zones by name.</summary>
internal static class ScheduleZone
{
    /// <summary>The zone, or <see langword="null"/> if this machine does not know it.</summary>
    public static TimeZoneInfo? Find(string name) =>
        !string.IsNullOrWhiteSpace(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;
}
