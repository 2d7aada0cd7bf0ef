namespace LeaseElection.Hosting.Scheduling.Processes;

/// <summary>A run that a process has told of.</summary>
/// <param name="Identity">Who ran it.</param>
/// <param name="DueAt">For which second.</param>
/// <param name="Late">How long after that it began.</param>
/// <param name="Missed">How many due times it said it makes up for.</param>
/// <param name="Previous">Which second it was told had been run before.</param>
internal sealed record SeenRun(string Identity, long DueAt, TimeSpan Late, int Missed, long Previous);
