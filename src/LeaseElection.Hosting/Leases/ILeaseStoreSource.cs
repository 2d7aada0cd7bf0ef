namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The leases of one namespace, for who uses many of them (locks, members, partitions): all their requests go over a connection that they
/// share and that no election's own lease uses. Nothing is sent, and nothing is opened, before something is asked.
/// </summary>
/// <remarks>
/// To dispose of it leaves requests that are under way to their end, and fails all new ones of what was opened from it; to dispose of one
/// of these does nothing to the others.
/// </remarks>
internal interface ILeaseStoreSource : IAsyncDisposable
{
    /// <summary>Which and where, for logs: <c>leases in shop at https://10.0.0.1:443</c>.</summary>
    string Description { get; }

    /// <summary>The store of one lease, which bears no label of ours.</summary>
    ILeaseStore Open(string leaseName);

    /// <summary>All leases with the label <see cref="LeaseGroupName.Label"/> of this value.</summary>
    /// <param name="group">As <see cref="LeaseGroupName.Of"/> makes it.</param>
    ILeaseGroup OpenGroup(string group);
}
