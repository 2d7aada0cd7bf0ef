using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>One lease on one API server: its addresses, and how it is called in messages.</summary>
/// <param name="server">An https URL.</param>
/// <param name="leaseNamespace">Its namespace.</param>
/// <param name="leaseName">Its name.</param>
/// <param name="grant">What to grant for a verb, if it is not a lease of its own but one of a group.</param>
internal sealed class LeaseResource(Uri server, string leaseNamespace, string leaseName, Func<string, string>? grant = null)
    : IRequestTarget
{
    private readonly ApiServerAddress _server = new(server);
    private readonly string _collection = CollectionOf(leaseNamespace);
    private ItemAddress? _lastItem;

    public string Namespace => leaseNamespace;

    public string Name => leaseName;

    public string ServerText => _server.ToString();

    public string Words => $"the lease {leaseNamespace}/{leaseName}";

    public string LongWords => $"the lease '{leaseName}' in namespace '{leaseNamespace}'";

    public string Resource => $"leases.coordination.k8s.io '{leaseName}'";

    public string Grant(string verb) => (grant ?? LeaseRights.OfOne)(verb);

    public override string ToString() => $"lease {leaseNamespace}/{leaseName} at {ServerText}";

    /// <summary>No resourceVersion: only then does the server ask etcd, and not a cache that may be minutes behind.</summary>
    public Uri ForItem(TimeSpan timeout)
    {
        long steps = ApiServerAddress.Steps(timeout);
        ItemAddress? last = _lastItem;
        if (last is null || last.Steps != steps)
            _lastItem = last = new ItemAddress(steps, _server.For($"{_collection}/{Uri.EscapeDataString(leaseName)}", timeout));
        return last.Address;
    }

    public Uri ForCollection(TimeSpan timeout) => _server.For(_collection, timeout);

    /// <summary>
    /// A watch of the collection with a field selector, not of the item: RBAC and the server's dispatch treat it as one of the item, and
    /// it works for a lease that does not exist yet.
    /// </summary>
    public Uri ForWatch(string? resourceVersion, int seconds) =>
        _server.ForWatch(_collection, resourceVersion, seconds, ApiServerAddress.Named(leaseName));

    /// <summary>
    /// Whether a document is this lease, and no other object or one of another namespace. Without uid and resourceVersion it is none
    /// either: the next write would not be a compare-and-swap.
    /// </summary>
    public bool Is(LeaseDocument document) => IsLease(document) && IsNamedBy(document.Metadata!);

    public bool IsNamedBy(LeaseMetadata metadata) => metadata.Name == leaseName && metadata.Namespace == leaseNamespace;

    public static bool IsLease(LeaseDocument document) =>
        document.Kind == "Lease"
        && document.ApiVersion?.StartsWith("coordination.k8s.io/", StringComparison.Ordinal) is true
        && document.Metadata is { Uid.Length: > 0, ResourceVersion.Length: > 0 };

    public static string CollectionOf(string leaseNamespace) =>
        $"/apis/coordination.k8s.io/v1/namespaces/{Uri.EscapeDataString(leaseNamespace)}/leases";

    /// <summary>Renewals all have the same time, and so the same address, for ever.</summary>
    private sealed record ItemAddress(long Steps, Uri Address);
}
