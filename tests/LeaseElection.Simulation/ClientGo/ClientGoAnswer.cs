namespace LeaseElection.Simulation;

/// <summary>What a request came to.</summary>
/// <param name="Lease">The lease; <see langword="null"/>: there is none, or it was not written.</param>
/// <param name="TimedOut">Whether the client gave up waiting.</param>
internal sealed record ClientGoAnswer(ClientGoLease? Lease, bool TimedOut = false);
