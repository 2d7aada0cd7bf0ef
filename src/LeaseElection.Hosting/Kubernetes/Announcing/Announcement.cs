using LeaseElection.Hosting.Kubernetes.Requests;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>A request that tells the cluster something of the leader, and what it is about, for messages.</summary>
/// <param name="Request">What is sent.</param>
/// <param name="Verb">The RBAC verb.</param>
/// <param name="Resource">The RBAC resource, of the core API group.</param>
/// <param name="Namespace">Where.</param>
/// <param name="Name">Which.</param>
internal sealed record Announcement(ApiRequest Request, string Verb, string Resource, string Namespace, string Name);
