using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Deaths;

/// <summary>A term of another process that says of itself where it runs.</summary>
/// <param name="LeaseUid">The lease.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="Since">Its acquireTime.</param>
/// <param name="Process">Where it runs.</param>
internal sealed record HeldTerm(string LeaseUid, string Holder, DateTimeOffset Since, HolderProcess Process)
{
    /// <returns><see langword="null"/>: nobody holds the lease, or nothing is said.</returns>
    public static HeldTerm? Of(Lease? lease) =>
        lease is { Record: { IsHeld: true, HolderIdentity: { } holder, AcquireTime: { } since } } && HolderProcess.Of(lease) is { } process
            ? new HeldTerm(lease.Uid, holder, since, process)
            : null;
}
