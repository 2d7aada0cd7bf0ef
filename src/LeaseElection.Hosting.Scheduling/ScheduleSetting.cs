using System.Globalization;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>One setting of a schedule that can be written in a configuration.</summary>
/// <param name="Key">The key within the section of the schedule.</param>
/// <param name="Expected">What the text must be, as the end of the sentence "… but must be".</param>
/// <param name="TrySet">Sets the option, or says that the text is none.</param>
internal sealed record ScheduleSetting(string Key, string Expected, Func<ScheduleOptions, string, bool> TrySet)
{
    /// <summary>Every setting. A test compares it with the properties of the options.</summary>
    public static IReadOnlyList<ScheduleSetting> All { get; } =
    [
        Text(nameof(ScheduleOptions.Cron), (o, value) => o.Cron = value),
        Text(nameof(ScheduleOptions.TimeZone), (o, value) => o.TimeZone = value),
        Choice<MissedRuns>(nameof(ScheduleOptions.Missed), (o, value) => o.Missed = value),
        Choice<Delivery>(nameof(ScheduleOptions.Delivery), (o, value) => o.Delivery = value),
        new(nameof(ScheduleOptions.StartingDeadline), "hours:minutes:seconds, for example \"00:00:10\"", TrySetDeadline),
        new(nameof(ScheduleOptions.MaxMissedRuns), "a whole number", TrySetMost),
    ];

    private static ScheduleSetting Text(string key, Action<ScheduleOptions, string> set) =>
        new(key, "text", (options, text) =>
        {
            set(options, text.Trim());
            return true;
        });

    /// <summary>By name only: a number says nothing to a reader.</summary>
    private static ScheduleSetting Choice<T>(string key, Action<ScheduleOptions, T> set)
        where T : struct, Enum =>
        new(key, "one of " + string.Join(", ", Enum.GetNames<T>()), (options, text) =>
        {
            string? name = Array.Find(Enum.GetNames<T>(), name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
            if (name is not null)
                set(options, Enum.Parse<T>(name));
            return name is not null;
        });

    /// <summary>All three parts: to a <see cref="TimeSpan"/> <c>15</c> is fifteen days.</summary>
    private static bool TrySetDeadline(ScheduleOptions options, string text)
    {
        bool valid = TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out TimeSpan value)
            && text.AsSpan().Count(':') == 2;
        if (valid)
            options.StartingDeadline = value;
        return valid;
    }

    private static bool TrySetMost(ScheduleOptions options, string text)
    {
        bool valid = int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        if (valid)
            options.MaxMissedRuns = value;
        return valid;
    }
}
