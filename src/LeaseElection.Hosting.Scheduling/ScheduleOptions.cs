namespace LeaseElection.Hosting.Scheduling;

/// <summary>
/// One schedule. Read from the section <c>ScheduledWork:{name}</c>, then by code, checked when the host starts, and fixed from then on.
/// </summary>
public sealed class ScheduleOptions
{
    /// <summary>The section under which each schedule has one of its own.</summary>
    public const string SectionName = "ScheduledWork";

    /// <summary>
    /// When it is due, in the form of cron: minute, hour, day of month, month, day of week, with a field for the second before them if
    /// there are six. Lists, ranges, steps, names (<c>MON</c>), <c>L</c>, <c>W</c>, <c>#</c> and macros such as <c>@hourly</c> are those of
    /// <see href="https://github.com/HangfireIO/Cronos">Cronos</see>.
    /// </summary>
    /// <value>No default: given by code or by the configuration, not differently by both.</value>
    public string? Cron { get; set; }

    /// <summary>
    /// The time zone in which <see cref="Cron"/> is meant: <c>Europe/Zurich</c>, or what the operating system calls it. Where clocks are
    /// set forward, what is due in the hour that there is not is due when it ends; where they are set back, what is due at a time of day
    /// is due once, and what is due by intervals goes on through both hours.
    /// </summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>What becomes of due times that passed while nobody led, or while the run before was still going on.</summary>
    /// <value>Default <see cref="MissedRuns.RunOnce"/>.</value>
    public MissedRuns Missed { get; set; }

    /// <summary>Whether a run is noted before it begins or after it has ended.</summary>
    /// <value>Default <see cref="Delivery.AtMostOnce"/>.</value>
    public Delivery Delivery { get; set; }

    /// <summary>
    /// How late a run may begin that is not counted as missed: a hand-over takes milliseconds, and what was due in them is not to be
    /// left out. Of effect with <see cref="MissedRuns.Skip"/> only.
    /// </summary>
    /// <value>Default 10 seconds; 0 seconds to 1 day, with <see cref="MissedRuns.Skip"/> at least 1 second.</value>
    public TimeSpan StartingDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many missed runs are made up for at most. Of effect with <see cref="MissedRuns.RunAll"/> only.</summary>
    /// <value>Default 100; 1 to 10,000.</value>
    public int MaxMissedRuns { get; set; } = 100;
}
