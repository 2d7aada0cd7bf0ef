namespace LeaseElection.Soak.Checking;

/// <summary>What may not happen, and did.</summary>
/// <param name="At">When it began.</param>
/// <param name="What">In words.</param>
internal sealed record Violation(TimeSpan At, string What);
