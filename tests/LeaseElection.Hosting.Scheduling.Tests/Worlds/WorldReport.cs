namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>What came of a world.</summary>
/// <param name="Days">How long it lasted.</param>
/// <param name="Runs">How many runs were begun in it.</param>
/// <param name="Missed">How many due times had no run of their own.</param>
/// <param name="Violations">What was wrong.</param>
internal sealed record WorldReport(int Days, int Runs, int Missed, IReadOnlyList<string> Violations);
