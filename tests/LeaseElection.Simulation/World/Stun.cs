namespace LeaseElection.Simulation;

/// <summary>A time during which no clock of a machine moved.</summary>
internal sealed class Stun(TimeSpan at)
{
    /// <summary>When it began, in truth.</summary>
    public TimeSpan At => at;

    /// <summary>By how much the wall clock was set right afterwards; zero: it was not yet, so nobody on the machine can know.</summary>
    public TimeSpan Corrected { get; set; }
}
