namespace LeaseElection.Soak.Checking;

/// <summary>What a history is held to.</summary>
/// <param name="LeaseDuration">How long others wait after a renewal.</param>
/// <param name="RenewDeadline">How long a term is valid after one.</param>
/// <param name="Liveness">How long after the last fault somebody leads, at the latest.</param>
internal sealed record Rules(TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan Liveness)
{
    /// <summary>
    /// The least that passes between the last look that could find a term held and the start of the next, less a little for the jitter of
    /// the clocks. An act that came after that start was held up by at least so much after its look.
    /// </summary>
    public TimeSpan Margin => (LeaseDuration - RenewDeadline) * 0.9;
}
