namespace LeaseElection.Soak.Checking;

/// <summary>All that happened.</summary>
/// <param name="Runs">Every run of leader work.</param>
/// <param name="Pauses">When processes did not run.</param>
/// <param name="Calms">When there was no fault.</param>
/// <param name="Until">When the election was ended on purpose.</param>
internal sealed record History(IReadOnlyList<WorkRun> Runs, Pauses Pauses, IReadOnlyList<Calm> Calms, TimeSpan Until);
