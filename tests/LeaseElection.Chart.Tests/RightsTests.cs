using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>What the chart's service account may do, by the authorizer's own word: what the library needs, and nothing else.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RightsTests(ApiServerFixture fixture)
{
    private const string Coordination = "coordination.k8s.io";

    private static readonly string[] Verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

    private static readonly (string Group, string Resource)[] Resources =
    [
        (Coordination, "leases"), ("", "pods"), ("", "pods/status"), ("", "pods/exec"), ("", "pods/log"), ("", "pods/eviction"), ("", "secrets"),
        ("", "configmaps"), ("", "endpoints"), ("", "services"), ("", "serviceaccounts"), ("", "serviceaccounts/token"), ("", "events"),
        ("events.k8s.io", "events"), ("", "nodes"), ("", "namespaces"), ("", "persistentvolumes"), ("apps", "deployments"), ("apps", "deployments/scale"),
        ("apps", "replicasets"), ("batch", "jobs"), ("policy", "poddisruptionbudgets"), ("rbac.authorization.k8s.io", "roles"),
        ("rbac.authorization.k8s.io", "rolebindings"), ("rbac.authorization.k8s.io", "clusterrolebindings"), ("monitoring.coreos.com", "prometheusrules"),
        ("flowcontrol.apiserver.k8s.io", "flowschemas"), ("apiextensions.k8s.io", "customresourcedefinitions"), ("*", "*"),
    ];

    /// <summary>The closed world: the complete list of rules that the authorizer has for the account, beside those of any service account.</summary>
    [InstalledTheory]
    [CombinationData]
    public async Task Account_AllItsRules_AreThoseThatWereAskedFor(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);

        using ApiServerClient another = await chart.AddAccountAsync("another");
        string[] others = await RulesAsync(another, chart.Namespace);
        string[] own = [.. (await RulesAsync(chart.Account, chart.Namespace)).Except(others)];

        Assert.Equal(ExpectedOf(chart.Chart, combination).Order(StringComparer.Ordinal), own.Order(StringComparer.Ordinal));
    }

    /// <summary>The open world: a broad table, request by request, in its own namespace, in another and for the cluster.</summary>
    [InstalledTheory]
    [InlineData("least-rights")]
    [InlineData("everything")]
    public async Task Account_AnythingElse_IsDenied(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);
        string other = await fixture.Server.CreateNamespaceAsync();
        bool asked = combination == "everything";
        string lease = chart.Chart.LeaseName;
        List<string> allowed = [];
        foreach ((string group, string resource) in Resources)
        {
            foreach (string verb in Verbs)
            {
                foreach ((string name, string? space) in new[] { ("", null), (lease, null), ("other", null), (lease, other), ("", other), (lease, "") })
                {
                    if (await chart.MayAsync(group, resource, verb, name, space))
                        allowed.Add($"{verb} {group}/{resource} {(name == lease ? "own" : name)}{space}".TrimEnd());
                }
            }
        }

        string[] expected = [$"get {Coordination}/leases own", $"update {Coordination}/leases own", $"watch {Coordination}/leases own"];
        if (asked)
        {
            string[] names = ["", " own", " other"]; // What RBAC cannot limit by name.
            expected =
            [
                .. expected,
                .. names.Select(name => $"create {Coordination}/leases{name}"),
                .. names.Select(name => $"create /events{name}"),
                .. names.Select(name => $"create events.k8s.io/events{name}"),
                .. names.Select(name => $"patch /pods{name}"),
            ];
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
    }

    /// <summary>Not the authorizer's word but its deeds.</summary>
    [InstalledFact]
    public async Task Account_RealRequests_AreRefusedBeyondItsLease()
    {
        using InstalledChart chart = await InstallAsync("least-rights");
        string leases = $"/apis/coordination.k8s.io/v1/namespaces/{chart.Namespace}/leases";
        JsonObject lease = await chart.Account.SendAsync(HttpMethod.Get, $"{leases}/{chart.Chart.LeaseName}");
        await chart.Account.SendAsync(HttpMethod.Put, $"{leases}/{chart.Chart.LeaseName}", lease);

        JsonObject another = new()
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = "another" },
        };
        await fixture.Server.Admin.SendAsync(HttpMethod.Post, leases, another);
        (HttpMethod Method, string Path, JsonObject? Body)[] refused =
        [
            (HttpMethod.Get, leases, null),
            (HttpMethod.Get, $"{leases}/another", null),
            (HttpMethod.Delete, $"{leases}/{chart.Chart.LeaseName}", null),
            (HttpMethod.Post, leases, another),
            (HttpMethod.Get, $"/api/v1/namespaces/{chart.Namespace}/secrets", null),
            (HttpMethod.Get, $"/api/v1/namespaces/{chart.Namespace}/pods", null),
            (HttpMethod.Get, "/apis/coordination.k8s.io/v1/leases", null),
            (HttpMethod.Get, "/api/v1/nodes", null),
        ];
        foreach ((HttpMethod method, string path, JsonObject? body) in refused)
        {
            var exception = await Assert.ThrowsAsync<HttpRequestException>(() => chart.Account.SendAsync(method, path, (JsonObject?)body?.DeepClone()));
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, exception.StatusCode);
        }
    }

    /// <summary>With the name given by hand, too, Role, Lease and environment agree.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Names_OfLeaseRoleAndOption_AreOne(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        string?[] names =
        [
            chart.Environment.GetValueOrDefault("LeaderElection__LeaseName"),
            (string?)chart.Find("Lease")?["metadata"]!["name"],
            (string?)chart.Find("Role")?["rules"]![0]!["resourceNames"]![0],
            chart.Sidecar is { } sidecar ? ((string)sidecar["args"]![0]!).Split('=')[1] : null,
        ];

        Assert.Single(names.OfType<string>().Distinct());
    }

    /// <summary>From the values that were asked for, not from the Role that came of them.</summary>
    private static IEnumerable<string> ExpectedOf(RenderedChart chart, string combination)
    {
        JsonObject values = HelmChart.ValuesOf(combination);
        if (!Is(values, "rbac", "create", otherwise: true))
            yield break;
        string lease = (string?)values["election"]?["leaseName"] ?? (string)chart["Deployment"]["metadata"]!["name"]!;
        yield return $"get,update,watch {Coordination}/leases {lease}";
        if (Is(values, "rbac", "createLease", otherwise: !Is(values, "lease", "create")))
            yield return $"create {Coordination}/leases ";
        if (Is(values, "election", "publishEvents"))
            yield return "create ,events.k8s.io/events ";
        if (Is(values, "election", "labelLeaderPod"))
            yield return "patch /pods ";
    }

    private static bool Is(JsonObject values, string group, string key, bool otherwise = false) => (bool?)values[group]?[key] ?? otherwise;

    private static async Task<string[]> RulesAsync(ApiServerClient client, string @namespace)
    {
        JsonObject review = await client.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectRulesReview",
            ["spec"] = new JsonObject { ["namespace"] = @namespace },
        });
        Assert.False((bool?)review["status"]!["incomplete"]);
        string Join(JsonNode? list) => string.Join(',', (list as JsonArray ?? []).Select(item => (string?)item));
        return
        [
            .. review["status"]!["resourceRules"]!.AsArray().Select(rule =>
                $"{Join(rule!["verbs"])} {Join(rule["apiGroups"])}/{Join(rule["resources"])} {Join(rule["resourceNames"])}"),
            .. review["status"]!["nonResourceRules"]!.AsArray().Select(rule => $"{Join(rule!["verbs"])} {Join(rule["nonResourceURLs"])}"),
        ];
    }

    private Task<InstalledChart> InstallAsync(string combination) =>
        InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = combination });
}
