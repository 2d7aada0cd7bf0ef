using LeaseElection.Hosting.Kubernetes.Requests;

namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>One Pod on one API server: its addresses, and how it is called in messages.</summary>
internal sealed class PodResource(Uri server, string podNamespace, string podName) : IRequestTarget
{
    private readonly ApiServerAddress _server = new(server);
    private readonly string _collection = $"/api/v1/namespaces/{Uri.EscapeDataString(podNamespace)}/pods";

    public string Namespace => podNamespace;

    public string Name => podName;

    public string ServerText => _server.ToString();

    public string Words => $"the pod {podNamespace}/{podName}";

    public string LongWords => $"the pod '{podName}' in namespace '{podNamespace}'";

    public string Resource => $"pods '{podName}'";

    public string Api => "pods (v1)";

    public string Plural => "pods";

    public string Grant(string verb) =>
        $"Grant it with a Role and a RoleBinding in namespace '{podNamespace}': apiGroups [\"\"], resources [pods], verbs [get, watch].";

    public override string ToString() => $"pod {podNamespace}/{podName} at {ServerText}";

    /// <summary>No resourceVersion: only then does the server ask etcd, and not a cache that may be minutes behind.</summary>
    public Uri ForItem(TimeSpan timeout) => _server.For($"{_collection}/{Uri.EscapeDataString(podName)}", timeout);

    public Uri ForWatch(string? resourceVersion, int seconds) =>
        _server.ForWatch(_collection, resourceVersion, seconds, ApiServerAddress.Named(podName));

    public bool Is(PodDocument document) =>
        document is { Kind: "Pod", ApiVersion: "v1", Metadata: { Uid.Length: > 0, ResourceVersion.Length: > 0 } metadata }
        && metadata.Name == podName && metadata.Namespace == podNamespace;
}
