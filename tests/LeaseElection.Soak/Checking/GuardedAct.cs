namespace LeaseElection.Soak.Checking;

/// <summary>One act of leader work: it looked at <c>IsHeld</c>, which was true, and then acted.</summary>
/// <param name="Checked">From just before the look.</param>
/// <param name="At">From just before the act.</param>
internal sealed record GuardedAct(TimeSpan Checked, TimeSpan At);
