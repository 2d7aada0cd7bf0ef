using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Chart;

/// <summary>A rendered chart that was applied to a real API server, and the service account that its Pods would run as.</summary>
public sealed class InstalledChart : IDisposable
{
    private readonly RealApiServer _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private InstalledChart(RealApiServer server, RenderedChart chart, string @namespace, string token)
    {
        _server = server;
        Chart = chart;
        Namespace = @namespace;
        File.WriteAllText(Path.Combine(ServiceAccountFolder, "token"), token);
        File.WriteAllText(Path.Combine(ServiceAccountFolder, "namespace"), @namespace);
        File.Copy(server.CertificateAuthorityFile, Path.Combine(ServiceAccountFolder, "ca.crt"));
        Account = server.ClientFor(token);
    }

    /// <summary>What was applied.</summary>
    public RenderedChart Chart { get; }

    /// <summary>Where.</summary>
    public string Namespace { get; }

    /// <summary>Token, authority and namespace, as the kubelet mounts them into a Pod.</summary>
    public string ServiceAccountFolder => _folder.FullName;

    /// <summary>REST as the service account.</summary>
    public ApiServerClient Account { get; }

    /// <summary>What the app finds around itself in a Pod.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string pod) => new Dictionary<string, string>(Chart.Environment)
    {
        ["POD_NAME"] = pod,
        ["POD_UID"] = $"uid-of-{pod}",
        ["POD_NAMESPACE"] = Namespace,
        ["KUBERNETES_SERVICE_HOST"] = _server.Url.Host,
        ["KUBERNETES_SERVICE_PORT"] = _server.Url.Port.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The same for a process, which has no place to mount a service account at and must be told where it is.</summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironmentOf(string pod) => new Dictionary<string, string>(EnvironmentOf(pod))
    {
        ["LeaderElection__Kubernetes__ApiServer"] = _server.Url.ToString(),
        ["LeaderElection__Kubernetes__TokenFile"] = Path.Combine(ServiceAccountFolder, "token"),
        ["LeaderElection__Kubernetes__CertificateAuthorityFile"] = Path.Combine(ServiceAccountFolder, "ca.crt"),
    };

    /// <summary>
    /// Renders the chart for this server and a namespace of its own and applies it, all but one kind if told so; returns when the
    /// authorizer knows its Role.
    /// </summary>
    public static async Task<InstalledChart> InstallAsync(RealApiServer server, HelmChart chart, string? without = null)
    {
        string @namespace = await server.CreateNamespaceAsync();
        RenderedChart rendered = await (await chart.ForAsync(server) with { Namespace = @namespace }).RenderAsync();
        await ApplyAsync(server, rendered.ManifestWithout(without));
        return await OfAsync(server, rendered, @namespace);
    }

    /// <summary>The same for one that somebody else has applied.</summary>
    public static async Task<InstalledChart> OfAsync(RealApiServer server, RenderedChart rendered, string @namespace)
    {
        if (rendered.Find("ServiceAccount") is null)
            await server.KubectlAsync(null, "create", "serviceaccount", rendered.ServiceAccount, "-n", @namespace);
        var installed = new InstalledChart(
            server, rendered, @namespace, await RequestTokenAsync(server, @namespace, rendered.ServiceAccount));
        if (rendered.Find("Role") is { } role)
        {
            string lease = (string)role["rules"]![0]!["resourceNames"]![0]!;
            await Polling.UntilAsync(
                () => installed.MayAsync("coordination.k8s.io", "leases", "get", lease), Signal.Patience,
                what: "the authorizer to know the Role");
        }

        return installed;
    }

    /// <summary>Applies it once more, as an upgrade or a GitOps controller does.</summary>
    public Task ApplyAgainAsync() => ApplyAsync(_server, Chart.Manifest);

    /// <summary>Whether the service account may do something; the authorizer's own answer.</summary>
    public async Task<bool> MayAsync(string group, string resource, string verb, string name = "", string? @namespace = null)
    {
        string[] parts = resource.Split('/', 2);
        const string Reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        JsonObject answer = await Account.SendAsync(HttpMethod.Post, Reviews, new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["resourceAttributes"] = new JsonObject
                {
                    ["namespace"] = @namespace ?? Namespace,
                    ["group"] = group,
                    ["resource"] = parts[0],
                    ["subresource"] = parts.ElementAtOrDefault(1) ?? "",
                    ["verb"] = verb,
                    ["name"] = name,
                },
            },
        });
        return (bool)answer["status"]!["allowed"]!;
    }

    /// <summary>Makes a service account that nobody has granted anything, and gives REST as it.</summary>
    public async Task<ApiServerClient> AddAccountAsync(string name)
    {
        await _server.KubectlAsync(null, "create", "serviceaccount", name, "-n", Namespace);
        return _server.ClientFor(await RequestTokenAsync(_server, Namespace, name));
    }

    public void Dispose()
    {
        Account.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Task<string> ApplyAsync(RealApiServer server, string manifest) =>
        server.KubectlAsync(manifest, "apply", "--server-side", "--field-manager=helm", "-f", "-");

    private static async Task<string> RequestTokenAsync(RealApiServer server, string @namespace, string account)
    {
        JsonObject answer = await server.Admin.SendAsync(
            HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/serviceaccounts/{account}/token", new JsonObject
            {
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["kind"] = "TokenRequest",
                ["spec"] = new JsonObject { ["expirationSeconds"] = 3600 },
            });
        return (string)answer["status"]!["token"]!;
    }
}
