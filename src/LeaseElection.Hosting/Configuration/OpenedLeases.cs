using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Where a broker keeps its leases, and as whom it holds them.</summary>
/// <param name="Open">Gives the store of the lease of a name.</param>
/// <param name="LeaseNamespace">The namespace of all of them.</param>
/// <param name="Identity">What this process is called as their holder.</param>
internal sealed record OpenedLeases(Func<string, ILeaseStore> Open, string LeaseNamespace, string Identity);
