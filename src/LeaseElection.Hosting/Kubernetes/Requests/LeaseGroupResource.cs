using System.Globalization;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>All leases of one group on one API server: their addresses, and how they are called in messages.</summary>
internal sealed class LeaseGroupResource(Uri server, string leaseNamespace, string group) : IRequestTarget
{
    /// <summary>
    /// So many in one answer: at the size of a Lease some 300 KB, which neither side feels, and three answers for the largest group.
    /// </summary>
    private const int PageSize = 400;

    private readonly ApiServerAddress _server = new(server);
    private readonly string _collection = LeaseResource.CollectionOf(leaseNamespace);
    private readonly string _selector = "&labelSelector=" + Uri.EscapeDataString($"{LeaseGroupName.Label}={group}");

    public string Namespace => leaseNamespace;

    public string ServerText => _server.ToString();

    public string Words => $"the leases of {group} in {leaseNamespace}";

    public string LongWords => $"the leases of '{group}' in namespace '{leaseNamespace}'";

    public string Resource => "leases.coordination.k8s.io";

    public string Grant(string verb) => LeaseRights.OfGroup(verb);

    public override string ToString() => $"leases of {group} in {leaseNamespace} at {ServerText}";

    public LeaseResource Of(string leaseName) => new(server, leaseNamespace, leaseName, LeaseRights.OfGroup);

    /// <summary>
    /// No resourceVersion, as for one lease: the newest, and not what a cache has.
    /// </summary>
    /// <param name="continueToken">Where the page before ended, as the server said; <see langword="null"/> for the first.</param>
    /// <param name="timeout">After which the server shall give up too.</param>
    public Uri ForPage(string? continueToken, TimeSpan timeout) => _server.For(_collection, timeout, string.Create(
        CultureInfo.InvariantCulture,
        $"{_selector}&limit={PageSize}{(continueToken is null ? "" : $"&continue={Uri.EscapeDataString(continueToken)}")}"));

    public Uri ForWatch(string resourceVersion, int seconds) =>
        _server.ForWatch(_collection, resourceVersion, seconds, _selector);

    /// <summary>
    /// Whether a document is a lease of this group: a gateway that loses the selector must not bring in what is none of it.
    /// </summary>
    public bool Has(LeaseDocument document) =>
        LeaseResource.IsLease(document)
        && document.Metadata!.Name is { Length: > 0 }
        && document.Metadata.Namespace == leaseNamespace
        && TraitsInMetadata.HasLabel(document.Metadata, LeaseGroupName.Label, group);
}
