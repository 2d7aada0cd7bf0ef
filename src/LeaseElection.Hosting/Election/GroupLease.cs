using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>One lease of a group as this process has seen it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lease">The newest version.</param>
/// <param name="LiveUntil">
/// Until when its holder counts as alive: so long after its last renewal was <em>received</em> as the record says. No clock of another
/// machine enters (design 5, rule 2).
/// </param>
internal sealed record GroupLease(string Name, Lease Lease, TimeSpan LiveUntil)
{
    /// <summary>Who holds it, alive or not; <see langword="null"/> for nobody.</summary>
    public string? Holder => Lease.Record is { HasHolder: true } record ? record.HolderIdentity : null;

    /// <summary>When the last change of its record was received: a renewal, a take-over, a release.</summary>
    public required TimeSpan ChangedAt { get; init; }

    /// <summary>
    /// Whether the process that wrote this record as its holder is proven to be gone (design 5, rule 16), and nobody before it has any time
    /// left. That is told once, and who begins to stand for the lease afterwards must know it as well.
    /// </summary>
    public bool IsProvenDead { get; init; }

    public bool IsLiveAt(TimeSpan now) => Lease.Record.IsHeld && now < LiveUntil;
}
