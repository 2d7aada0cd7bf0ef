namespace LeaseElection.Hosting.Scheduling;

/// <summary>What becomes of due times that passed while nobody led, or while the run before was still going on.</summary>
public enum MissedRuns
{
    /// <summary>
    /// One run makes up for all of them, under the latest of their due times. <see cref="ScheduledRun.Missed"/> counts the others.
    /// </summary>
    RunOnce,

    /// <summary>They are left out. The next run is at the next due time.</summary>
    Skip,

    /// <summary>
    /// Each has its run, one after the other, the oldest first. Of more than <see cref="ScheduleOptions.MaxMissedRuns"/> the oldest are
    /// left out.
    /// </summary>
    RunAll,
}
