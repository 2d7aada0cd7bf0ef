using System.Globalization;
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
        (Coordination, "leases"), ("", "pods"), ("", "pods/status"), ("", "pods/exec"), ("", "pods/log"), ("", "pods/eviction"),
        ("", "secrets"),
        ("", "configmaps"), ("", "endpoints"), ("", "services"), ("", "serviceaccounts"), ("", "serviceaccounts/token"), ("", "events"),
        ("events.k8s.io", "events"), ("", "nodes"), ("", "namespaces"), ("", "persistentvolumes"), ("apps", "deployments"),
        ("apps", "deployments/scale"),
        ("apps", "replicasets"), ("batch", "jobs"), ("policy", "poddisruptionbudgets"), ("rbac.authorization.k8s.io", "roles"),
        ("rbac.authorization.k8s.io", "rolebindings"), ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("monitoring.coreos.com", "prometheusrules"),
        ("flowcontrol.apiserver.k8s.io", "flowschemas"), ("apiextensions.k8s.io", "customresourcedefinitions"), ("*", "*"),
    ];

    /// <summary>
    /// The closed world: the complete list of rules that the authorizer has for the account, beside those of any service account.
    /// </summary>
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
    [InlineData("everything", "create {0} any", "create /events any", "patch /pods any")]
    [InlineData("members", "create {0} any", "get {0} any", "list {0} any", "watch {0} any", "update {0} any", "delete {0} any")]
    [InlineData("partitions", "create {0} any", "get {0} any", "list {0} any", "watch {0} any", "update {0} any")]
    [InlineData("take-over", "create {0} any", "get /pods any", "watch /pods any")]
    [InlineData("any-locks", "create {0} any", "get {0} any", "watch {0} any", "update {0} any")]
    [InlineData("locks", "get {0} batch-processor", "watch {0} batch-processor", "update {0} batch-processor")]
    public async Task Account_AnythingElse_IsDenied(string combination, params string[] more)
    {
        using InstalledChart chart = await InstallAsync(combination);
        string other = await fixture.Server.CreateNamespaceAsync();
        string lease = chart.Chart.LeaseName;
        (string Name, string? Space)[] places =
            [
                ("", null), (lease, null), ("batch-processor", null), ("other", null),
                (lease, other), ("batch-processor", other), ("", other), (lease, ""),
            ];
        List<string> allowed = [];
        foreach ((string group, string resource) in Resources)
        {
            foreach (string verb in Verbs)
            {
                foreach ((string name, string? space) in places)
                {
                    if (await chart.MayAsync(group, resource, verb, name, space))
                        allowed.Add($"{verb} {group}/{resource} {(name == lease ? "own" : name)}{space}".TrimEnd());
                }
            }
        }

        string[] names = ["", " own", " batch-processor", " other"]; // What RBAC cannot limit by name is allowed for any.
        string[] expected =
        [
            $"get {Coordination}/leases own", $"update {Coordination}/leases own", $"watch {Coordination}/leases own",
            .. more.Select(one => string.Format(CultureInfo.InvariantCulture, one, $"{Coordination}/leases")).SelectMany(
                one => one.EndsWith(" any", StringComparison.Ordinal) ? names.Select(name => one[..^4] + name) : [one]),
        ];
        Assert.Equal(expected.Distinct().Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
    }

    /// <summary>Not the authorizer's word but its deeds.</summary>
    [InstalledFact]
    public async Task Account_RealRequests_AreRefusedBeyondItsLease()
    {
        using InstalledChart chart = await InstallAsync("least-rights");
        string leases = $"/apis/coordination.k8s.io/v1/namespaces/{chart.Namespace}/leases";
        JsonObject lease = await chart.Account.SendAsync(HttpMethod.Get, $"{leases}/{chart.Chart.LeaseName}");
        await chart.Account.SendAsync(HttpMethod.Put, $"{leases}/{chart.Chart.LeaseName}", lease);

        JsonObject another = LeaseOf("another");
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
            await RefusedAsync(() => chart.Account.SendAsync(method, path, (JsonObject?)body?.DeepClone()));
    }

    /// <summary>
    /// A presence Lease that belongs to a Pod, where the API server guards owners as OpenShift's does: without the right to delete, whoever
    /// creates a Lease may say whose it is, and nobody may say so later, nor make a Pod wait for it.
    /// </summary>
    [InstalledTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Account_OfMembers_MaySetAnOwnerWhenItCreatesALease(bool collectsStale)
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(
            fixture.Server,
            new HelmChart { Combination = "members", Set = [$"members.collectStale={(collectsStale ? "true" : "false")}"] });
        await fixture.Server.KubectlAsync(null, "run", "pod-1", "-n", chart.Namespace, "--image=none", "--restart=Never");
        string uid = await fixture.Server.KubectlAsync(
            null, "get", "pod", "pod-1", "-n", chart.Namespace, "-o", "jsonpath={.metadata.uid}");
        string leases = $"/apis/coordination.k8s.io/v1/namespaces/{chart.Namespace}/leases";

        JsonObject presence = await chart.Account.SendAsync(HttpMethod.Post, leases, Owned(LeaseOf("presence"), uid));
        presence["spec"] = new JsonObject { ["holderIdentity"] = "pod-1_ab12cd34" };
        await chart.Account.SendAsync(HttpMethod.Put, $"{leases}/presence", presence);
        JsonObject listed = await chart.Account.SendAsync(HttpMethod.Get, $"{leases}?labelSelector=a%3Db");
        Assert.Empty(listed["items"]!.AsArray());

        await chart.Account.SendAsync(HttpMethod.Post, leases, LeaseOf("unowned"));
        JsonObject later = Owned(await chart.Account.SendAsync(HttpMethod.Get, $"{leases}/unowned"), uid);
        await AllowedOrNotAsync(() => chart.Account.SendAsync(HttpMethod.Put, $"{leases}/unowned", later));
        await AllowedOrNotAsync(() => chart.Account.SendAsync(HttpMethod.Delete, $"{leases}/presence"));

        JsonObject blocking = Owned(LeaseOf("blocking"), uid);
        blocking["metadata"]!["ownerReferences"]![0]!["blockOwnerDeletion"] = true;
        Assert.Contains(
            "blockOwnerDeletion", await RefusedAsync(() => chart.Account.SendAsync(HttpMethod.Post, leases, blocking)),
            StringComparison.Ordinal);

        Task AllowedOrNotAsync(Func<Task> request) => collectsStale ? request() : RefusedAsync(request);
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
            chart.Leases is [{ } lease, ..] ? (string)lease["metadata"]!["name"]! : null,
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
        if (Is(values, "members", "enabled") || values["partitions"]?["count"] is not null)
            yield return $"get,list,watch,update{(Is(values, "members", "collectStale") ? ",delete" : "")} {Coordination}/leases ";
        if (Is(values, "locks", "enabled"))
            yield return $"get,update,watch {Coordination}/leases "
                + $"{string.Join(',', (values["locks"]!["names"] as JsonArray ?? []).Select(name => (string?)name))}";
        if (Is(values, "election", "publishEvents"))
            yield return "create /events ";
        if (Is(values, "election", "labelLeaderPod"))
            yield return "patch /pods ";
        if (Is(values, "election", "takeOverFromTerminated"))
            yield return "get,watch /pods ";
    }

    private static JsonObject LeaseOf(string name) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = name },
    };

    private static JsonObject Owned(JsonObject lease, string uid)
    {
        lease["metadata"]!["ownerReferences"] = new JsonArray(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["name"] = "pod-1", ["uid"] = uid });
        return lease;
    }

    /// <summary>What the server says.</summary>
    private static async Task<string> RefusedAsync(Func<Task> request)
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(request);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, exception.StatusCode);
        return exception.Message;
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
