namespace LeaseElection.Simulation;

/// <summary>What became of one run.</summary>
/// <param name="Work">Who worked when.</param>
/// <param name="Violation">What the oracle saw broken, if one watched.</param>
internal sealed record LeaseRun(WorkTimes Work, string? Violation = null);
