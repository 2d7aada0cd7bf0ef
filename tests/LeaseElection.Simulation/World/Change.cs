using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>One entry of the server's history: what every watch is told.</summary>
internal sealed record Change(int Number, LeaseEvent Event);
