namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>What came of a world.</summary>
/// <param name="Days">How long it lasted.</param>
/// <param name="Changes">How often its zone changed its clocks.</param>
/// <param name="Crashes">Terms that ended in the middle of something.</param>
/// <param name="HandOvers">Terms that ended in good order.</param>
/// <param name="Runs">How many runs were begun in it.</param>
/// <param name="Missed">How many due times had no run of their own.</param>
/// <param name="Violations">What was wrong.</param>
internal sealed record WorldReport(
    int Days, int Changes, int Crashes, int HandOvers, int Runs, int Missed, IReadOnlyList<string> Violations);
