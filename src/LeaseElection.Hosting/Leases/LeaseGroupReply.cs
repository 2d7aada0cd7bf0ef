namespace LeaseElection.Hosting.Leases;

/// <summary>What a group answered to a list.</summary>
internal abstract record LeaseGroupReply
{
    private LeaseGroupReply()
    {
    }

    /// <summary>All leases of the group by name, and the version from which on a watch tells what happens next.</summary>
    public sealed record Found(IReadOnlyDictionary<string, Lease> Leases, string ResourceVersion) : LeaseGroupReply;

    /// <summary>There is no answer, or none that tells anything.</summary>
    public sealed record Failed(LeaseStoreError Error) : LeaseGroupReply;
}
