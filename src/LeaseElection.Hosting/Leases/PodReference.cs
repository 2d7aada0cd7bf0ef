namespace LeaseElection.Hosting.Leases;

/// <summary>A Pod of the namespace of the lease, by which Kubernetes collects what belongs to it.</summary>
internal sealed record PodReference(string Name, string Uid);
