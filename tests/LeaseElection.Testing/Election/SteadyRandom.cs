namespace LeaseElection.Testing.Election;

/// <summary>No chance at all: every draw is the same, so that every jitter is known.</summary>
internal sealed class SteadyRandom(double value) : Random
{
    public override double NextDouble() => value;
}
