namespace LeaseElection.Hosting.Scheduling.Due;

/// <summary>What is to be done about a schedule next.</summary>
internal abstract record ScheduleStep
{
    private ScheduleStep()
    {
    }

    /// <summary>Nothing until then; <see langword="null"/> for ever.</summary>
    public sealed record Wait(DateTimeOffset? Until) : ScheduleStep;

    /// <summary>Something is settled without a run: note it.</summary>
    /// <param name="Mark">What to note.</param>
    /// <param name="Missed">How many due times are left out by it.</param>
    public sealed record Settle(ScheduleMark Mark, int Missed) : ScheduleStep;

    /// <summary>A run is due.</summary>
    /// <param name="DueAt">For which time.</param>
    /// <param name="Previous">The due time of the run before.</param>
    /// <param name="Missed">How many due times it makes up for beside its own, or that are left out by it.</param>
    /// <param name="Failures">How many runs in a row have failed here.</param>
    public sealed record Run(DateTimeOffset DueAt, DateTimeOffset? Previous, int Missed, int Failures) : ScheduleStep
    {
        /// <summary>What the lease says with this run.</summary>
        public ScheduleMark Mark => new(DueAt, DueAt);
    }
}
