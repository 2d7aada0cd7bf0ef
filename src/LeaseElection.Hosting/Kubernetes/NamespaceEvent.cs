using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>What a watch of a namespace tells of one lease; without a name, of all: that nothing else has changed up to here.</summary>
internal sealed record NamespaceEvent(string? LeaseName, string Version, LeaseEvent Event);
