using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The leases of a namespace, and the identity that was resolved for who uses them.</summary>
internal sealed record OpenedLeases(ILeaseStoreSource Leases, string LeaseNamespace, string Identity);
