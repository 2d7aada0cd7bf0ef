namespace LeaseElection.Hosting.Scheduling;

/// <summary>One run of scheduled work.</summary>
/// <param name="schedule">The name of the schedule.</param>
/// <param name="dueAt">The time it is due at, UTC.</param>
/// <param name="previousDueAt">The due time of the run before, UTC, if there was one.</param>
/// <param name="term">The term it runs in.</param>
public sealed class ScheduledRun(string schedule, DateTimeOffset dueAt, DateTimeOffset? previousDueAt, LeadershipTerm term)
{
    /// <summary>The name of the schedule.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>
    /// The time it is due at, UTC. A run that failed or was cut off keeps it when it is repeated, and it is a name for what the run makes,
    /// with <see cref="MissedRuns.RunAll"/>; with <see cref="MissedRuns.RunOnce"/> only until the next due time: from then on one run makes
    /// up for both, under the later one. What must not be made twice goes by <see cref="PreviousDueAt"/> then, which stays until a run has
    /// ended well (<see cref="Delivery.AtLeastOnce"/>).
    /// </summary>
    public DateTimeOffset DueAt { get; } = dueAt;

    /// <summary>
    /// The due time of the run before, UTC, whoever ran it; <see langword="null"/> for the first. With <see cref="Delivery.AtLeastOnce"/>
    /// that run has ended well, so what has come in since then is this run's. With <see cref="Delivery.AtMostOnce"/> it may have failed,
    /// or been cut off: who builds on it notes elsewhere how far it has come.
    /// </summary>
    public DateTimeOffset? PreviousDueAt { get; } = previousDueAt;

    /// <summary>How many due times were missed since the run before: those that this one makes up for. More than 1,000 are 1,000.</summary>
    /// <value>Default 0.</value>
    public int Missed { get; init; }

    /// <summary>How many runs of this schedule have failed here, one after the other, since the last that ended well.</summary>
    /// <value>Default 0.</value>
    public int Failures { get; init; }

    /// <summary>The term it runs in, with its fencing token.</summary>
    public LeadershipTerm Term { get; } = term;
}
