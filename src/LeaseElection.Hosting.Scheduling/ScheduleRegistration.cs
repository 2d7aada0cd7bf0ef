namespace LeaseElection.Hosting.Scheduling;

/// <summary>One schedule of one election.</summary>
/// <param name="Election">The name of the election.</param>
/// <param name="Name">The name of the schedule: of its options, its section and its note.</param>
/// <param name="Cron">What the code says, if it does.</param>
/// <param name="Type">The type of the work; <see langword="null"/> for a delegate.</param>
/// <param name="Execute">Runs it once, with the services of a scope made for this run.</param>
internal sealed record ScheduleRegistration(
    string Election, string Name, string? Cron, Type? Type, Func<IServiceProvider, ScheduledRun, CancellationToken, Task> Execute)
{
    /// <summary>Where its settings are written.</summary>
    public string SectionPath => $"{ScheduleOptions.SectionName}:{Name}";
}
