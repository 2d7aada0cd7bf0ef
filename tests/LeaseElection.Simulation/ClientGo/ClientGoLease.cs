namespace LeaseElection.Simulation;

/// <summary>A version of the lease as an elector of client-go reads it.</summary>
internal sealed record ClientGoLease(long Version, ClientGoRecord Record);
