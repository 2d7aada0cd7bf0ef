using LeaseElection.Soak.Checking;

namespace LeaseElection.Soak.Nemesis;

/// <summary>A fault that was injected.</summary>
internal sealed record FaultRecord(string Kind, Span Time);
