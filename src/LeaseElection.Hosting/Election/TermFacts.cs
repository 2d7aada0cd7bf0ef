using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>What is fixed when a term begins.</summary>
internal sealed record TermFacts(int Transitions, DateTimeOffset AcquiredAt, string ResourceVersion, FencingToken? Token)
{
    /// <summary>The term that <paramref name="request"/> began by writing <paramref name="lease"/>.</summary>
    public static TermFacts Of(Lease lease, ElectionRequest request) => new(
        lease.Record.LeaseTransitions ?? 0,
        lease.Record.AcquireTime ?? request.Sent.Wall,
        lease.ResourceVersion,
        FencingToken.TryParse(lease.ResourceVersion, out FencingToken token) && token.Value > request.GreatestVersion ? token : null);
}
