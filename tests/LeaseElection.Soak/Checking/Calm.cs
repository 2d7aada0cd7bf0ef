namespace LeaseElection.Soak.Checking;

/// <summary>A time without faults, in which somebody has to lead before long.</summary>
/// <param name="From">When the last fault was over.</param>
/// <param name="Fault">What that was.</param>
internal sealed record Calm(TimeSpan From, string Fault);
