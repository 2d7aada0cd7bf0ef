using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What a request came to.</summary>
/// <param name="Lease">The lease; <see langword="null"/>: there is none, or it was not written.</param>
/// <param name="Failed">Whether there was no answer at all: the client gave up waiting, or its connection was refused or reset.</param>
internal sealed record ClientGoAnswer(Lease? Lease, bool Failed = false)
{
    public static ClientGoAnswer None { get; } = new(null, Failed: true);
}
