namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>All leases of a namespace on one API server, to be watched at once.</summary>
internal sealed class NamespaceResource(Uri server, string leaseNamespace) : IRequestTarget
{
    private readonly ApiServerAddress _server = new(server);
    private readonly string _collection = LeaseResource.CollectionOf(leaseNamespace);

    public string Namespace => leaseNamespace;

    public string ServerText => _server.ToString();

    public string Words => $"all leases in {leaseNamespace}";

    public string LongWords => $"all leases in namespace '{leaseNamespace}'";

    public string Resource => "leases.coordination.k8s.io";

    public string Grant(string verb) => LeaseRights.OfNamespace(verb);

    /// <summary>Without a version the watch begins with all that there is, by which no right to list is needed.</summary>
    public Uri ForWatch(string? resourceVersion, int seconds) =>
        _server.ForWatch(_collection, resourceVersion, seconds);
}
