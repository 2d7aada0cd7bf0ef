using System.Text.Json.Nodes;
using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>Every combination in the chart's <c>ci</c> folder, on a real API server.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class CombinationTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [InstalledTheory]
    [CombinationData]
    public async Task Combination_Applied_TheServerTakesEveryObject(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);

        foreach (JsonObject one in chart.Chart.Objects.Where(one => !RenderedChart.IsHook(one) && !RenderedChart.IsCustom(one)))
        {
            string kind = (string)one["kind"]!;
            string[] api = ((string)one["apiVersion"]!).Split('/');
            string type = api.Length == 1 ? kind : $"{kind}.{api[1]}.{api[0]}";
            await fixture.Server.KubectlAsync(null, "get", type, (string)one["metadata"]!["name"]!, "-n", chart.Namespace);
        }
    }

    /// <summary>An upgrade that wrote a spec would take the lease from its holder: nothing that the elector wrote may change.</summary>
    [InstalledTheory]
    [CombinationData]
    public async Task Combination_AppliedAgainUnderALeader_LeavesTheLeaseAlone(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);
        if (chart.Chart.Leases is not [{ } rendered, ..])
        {
            Assert.NotEqual(true, (bool?)HelmChart.ValuesOf(combination)["lease"]?["create"]); // Then there is nothing that could touch it.
            return;
        }

        string path = $"/apis/coordination.k8s.io/v1/namespaces/{chart.Namespace}/leases/{(string)rendered["metadata"]!["name"]!}";
        Assert.Null(rendered["spec"]);
        JsonObject lease = await fixture.Server.Admin.SendAsync(HttpMethod.Get, path);
        lease["spec"] = new JsonObject
        {
            ["holderIdentity"] = "pod-1_abcdefgh",
            ["leaseDurationSeconds"] = 15,
            ["acquireTime"] = "2026-01-01T00:00:00.000001Z",
            ["renewTime"] = "2026-01-01T00:00:00.000002Z",
            ["leaseTransitions"] = 7,
        };
        JsonObject held = await chart.Account.SendAsync(HttpMethod.Put, path, lease);

        await chart.ApplyAgainAsync();
        JsonObject after = await fixture.Server.Admin.SendAsync(HttpMethod.Get, path);

        Assert.Equal(held["spec"]!.ToJsonString(), after["spec"]!.ToJsonString());
        Assert.Equal((string?)held["metadata"]!["resourceVersion"], (string?)after["metadata"]!["resourceVersion"]);
    }

    /// <summary>Real electors with a token of the chart's service account: under exactly its rights they lead and hand over.</summary>
    [InstalledTheory]
    [CombinationData]
    public async Task Combination_TwoReplicas_LeadUnderTheRightsOfTheChart(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);
        if (combination is "bare" or "sidecar")
        {
            // Somebody else's Role, and an election that is not the app's.
            Assert.True(chart.Chart.Find("Role") is null || chart.Chart.Sidecar is not null);
            return;
        }

        await using ChartHost leader = await StartPodAsync(chart, "pod-1");
        LeadershipTerm term = await leader.Election.WaitForLeadershipAsync().WaitAsync(Patience);
        await using ChartHost standby = await StartPodAsync(chart, "pod-2");
        await standby.UntilAsync(status => status.HolderIdentity == leader.Election.Identity);

        await chart.ApplyAgainAsync();
        Assert.True(term.IsHeld);

        if (leader.Options.ReleaseOnStop)
        {
            await leader.StopAsync();
            LeadershipTerm next = await standby.Election.WaitForLeadershipAsync().WaitAsync(Patience);
            Assert.True(next.FencingToken > term.FencingToken);
        }

        Assert.Equal(chart.Namespace, term.LeaseNamespace);
        Assert.StartsWith("pod-1_", term.Identity, StringComparison.Ordinal);
        Assert.Empty(leader.Warnings.Concat(standby.Warnings).Select(entry => $"{entry.Id.Name}: {entry.Message}"));
    }

    /// <summary>
    /// With the rights of the chart alone: the leader's Pod, and no other, is what its Service selects, and Events tell of it.
    /// </summary>
    [InstalledFact]
    public async Task Leader_LabelledAndAnnounced_IsWhatTheServiceSelects()
    {
        using InstalledChart chart = await InstallAsync("everything");
        JsonNode service = chart.Chart.Objects.Single(one => (string?)one["metadata"]!["name"] == "nightly-settlement-leader");
        string selector = string.Join(',', service["spec"]!["selector"]!.AsObject().Select(label => $"{label.Key}={(string?)label.Value}"));
        await using ChartHost leader = await StartPodAsync(chart, "pod-1");
        await leader.Election.WaitForLeadershipAsync().WaitAsync(Patience);
        await using ChartHost standby = await StartPodAsync(chart, "pod-2");

        await SelectsAsync("pod/pod-1\n");
        await Polling.UntilAsync(
            async () => (await fixture.Server.KubectlAsync(
                null, "get", "events", "-n", chart.Namespace, "-o", "jsonpath={.items[*].involvedObject.name}")).Contains(
                    chart.Chart.LeaseName, StringComparison.Ordinal),
            Patience, what: "an Event on the Lease");

        await leader.Election.StepDownAsync().WaitAsync(Patience);
        await SelectsAsync("pod/pod-2\n");

        Task SelectsAsync(string pods) => Polling.UntilAsync(
            async () => await fixture.Server.KubectlAsync(null, "get", "pods", "-n", chart.Namespace, "-l", selector, "-o", "name") == pods,
            Patience, what: $"{selector} to select {pods}");
    }

    private Task<InstalledChart> InstallAsync(string combination) =>
        InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = combination });

    private async Task<ChartHost> StartPodAsync(InstalledChart chart, string pod)
    {
        string labels = string.Join(
            ',', chart.Chart["Deployment"]["spec"]!["selector"]!["matchLabels"]!.AsObject().Select(
                label => $"{label.Key}={(string?)label.Value}"));
        await fixture.Server.KubectlAsync(null, "run", pod, "-n", chart.Namespace, "--image=none", "--restart=Never", "--labels", labels);
        return await ChartHost.StartAsync(chart.EnvironmentOf(pod), chart.ServiceAccountFolder);
    }
}
