using System.Text.Json.Nodes;

namespace LeaseElection.Testing.Chart;

/// <summary>The objects that a chart came to.</summary>
public sealed class RenderedChart
{
    private readonly List<(string Text, JsonObject Json)> _objects;

    internal RenderedChart(string manifest)
    {
        Text = manifest;
        _objects =
        [
            .. from text in manifest.Split("\n---\n").Select(part => part.StartsWith("---\n", StringComparison.Ordinal) ? part[4..] : part)
               let json = YamlJson.Parse(text) as JsonObject
               where json is not null
               select (text, json),
        ];
    }

    /// <summary>All of it, byte for byte.</summary>
    public string Text { get; }

    /// <summary>All of them, those of <c>helm test</c> too.</summary>
    public IReadOnlyList<JsonObject> Objects => [.. _objects.Select(one => one.Json)];

    /// <summary>
    /// What an installation applies: all but the hooks, and but the kinds of the Prometheus Operator. The kube-apiserver that is built here
    /// dies of any custom resource: Kubernetes 1.20 reads maps in a way that Go has changed since (reflect2, SIGSEGV).
    /// </summary>
    public string Manifest => ManifestWithout(null);

    /// <summary>What <c>helm test</c> makes.</summary>
    public string Hooks => string.Join("\n---\n", from one in _objects where IsHook(one.Json) select one.Text);

    /// <summary>The one of its kind.</summary>
    public JsonObject this[string kind] => Find(kind) ?? throw new InvalidOperationException($"There is no {kind}.");

    /// <summary>The Pods.</summary>
    public JsonObject PodSpec => this["Deployment"]["spec"]!["template"]!["spec"]!.AsObject();

    /// <summary>Those of every Pod, that of <c>helm test</c> too.</summary>
    public IReadOnlyList<JsonObject> PodSpecs =>
        [PodSpec, .. Objects.Where(one => (string?)one["kind"] == "Pod").Select(pod => pod["spec"]!.AsObject())];

    /// <summary>The app among their containers.</summary>
    public JsonObject App => PodSpec["containers"]!.AsArray().Single(container => (string?)container!["name"] == "app")!.AsObject();

    /// <summary>The sidecar that elects, if any: among the init containers where Kubernetes has native sidecars.</summary>
    public JsonObject? Sidecar => (PodSpec["initContainers"] as JsonArray ?? []).Concat(PodSpec["containers"]!.AsArray())
        .SingleOrDefault(container => (string?)container!["name"] == "leader-elector")?.AsObject();

    /// <summary>What is written in its environment; what the Pod itself fills in is left out.</summary>
    public IReadOnlyDictionary<string, string> Environment => App["env"]!.AsArray()
        .Where(variable => variable!["value"] is not null)
        .ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!);

    /// <summary>The path of the readiness probe.</summary>
    public string ReadyPath => (string)App["readinessProbe"]!["httpGet"]!["path"]!;

    /// <summary>The service account that the Pods run as.</summary>
    public string ServiceAccount => (string)PodSpec["serviceAccountName"]!;

    /// <summary>The lease that the app is told to stand for.</summary>
    public string LeaseName => Environment["LeaderElection__LeaseName"];

    /// <summary>The Leases that the chart makes: that of the election first.</summary>
    public IReadOnlyList<JsonObject> Leases => [.. Objects.Where(one => (string?)one["kind"] == "Lease")];

    /// <summary>The one of its kind, if there is any.</summary>
    public JsonObject? Find(string kind) => Objects.SingleOrDefault(one => (string?)one["kind"] == kind && !IsHook(one));

    /// <summary><see cref="Manifest"/> but for one kind.</summary>
    public string ManifestWithout(string? kind) => string.Join(
        "\n---\n",
        from one in _objects where !IsHook(one.Json) && !IsCustom(one.Json) && (string?)one.Json["kind"] != kind select one.Text);

    /// <summary>Whether an object is of a kind that no API server knows by itself.</summary>
    public static bool IsCustom(JsonObject one) =>
        ((string)one["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal);

    /// <summary>Whether an object is made by <c>helm test</c> only.</summary>
    public static bool IsHook(JsonObject one) => one["metadata"]?["annotations"]?["helm.sh/hook"] is not null;
}
