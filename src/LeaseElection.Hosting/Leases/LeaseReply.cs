namespace LeaseElection.Hosting.Leases;

/// <summary>What a store answered to a read, a create or a replace: a closed set, so that each case is handled by name.</summary>
internal abstract record LeaseReply
{
    private LeaseReply()
    {
    }

    /// <summary>Read: this is the newest version. Create and replace: this version was written, by this very request.</summary>
    public sealed record Found(Lease Lease) : LeaseReply;

    /// <summary>There is no such lease. A replace answers this too when the lease has been deleted.</summary>
    public sealed record Absent : LeaseReply;

    /// <summary>The write was refused because the lease is not the version it named (or already exists): read, then decide.</summary>
    public sealed record Conflict : LeaseReply;

    /// <summary>The request certainly had no effect.</summary>
    public sealed record Failed(LeaseStoreError Error) : LeaseReply;

    /// <summary>Nobody knows whether the write happened (timeout, reset, 5xx): neither lost nor renewed.</summary>
    public sealed record Unknown(LeaseStoreError Error) : LeaseReply;
}
