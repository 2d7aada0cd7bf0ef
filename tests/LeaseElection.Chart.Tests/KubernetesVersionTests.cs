using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// What is rendered for versions of Kubernetes that there is no API server of here: only looked at, never applied. 1.20.2 is applied, by
/// <see cref="CombinationTests"/>.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class KubernetesVersionTests(ApiServerFixture fixture)
{
    [ChartTheory]
    [InlineData("1.20.2", "policy/v1beta1", "flowcontrol.apiserver.k8s.io/v1beta1")]
    [InlineData("1.21.0", "policy/v1", "flowcontrol.apiserver.k8s.io/v1beta1")]
    [InlineData("1.23.0", "policy/v1", "flowcontrol.apiserver.k8s.io/v1beta2")]
    [InlineData("1.26.0", "policy/v1", "flowcontrol.apiserver.k8s.io/v1beta3")]
    [InlineData("1.29.0", "policy/v1", "flowcontrol.apiserver.k8s.io/v1")]
    [InlineData("1.34.1", "policy/v1", "flowcontrol.apiserver.k8s.io/v1")]
    [InlineData("v1.29.4-gke.1043002", "policy/v1", "flowcontrol.apiserver.k8s.io/v1")]
    public async Task Apis_AreThoseThatTheVersionServes(string version, string policy, string flowcontrol)
    {
        RenderedChart chart = await new HelmChart { Combination = "observed", Kubernetes = version }.RenderAsync();

        Assert.Equal(policy, (string?)chart["PodDisruptionBudget"]["apiVersion"]);
        Assert.Equal(flowcontrol, (string?)chart["FlowSchema"]["apiVersion"]);
    }

    /// <summary>What each version serves of what the chart may ask for; versions of custom resources are their operator's.</summary>
    [ChartTheory]
    [InlineData("1.20.2", "policy/v1beta1 flowcontrol.apiserver.k8s.io/v1beta1")]
    [InlineData("1.25.0", "policy/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2")]
    [InlineData("1.31.0", "policy/v1 flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta3")]
    [InlineData("1.36.0", "policy/v1 flowcontrol.apiserver.k8s.io/v1")]
    public async Task Apis_OfEveryObjectOfEveryCombination_AreServed(string version, string served)
    {
        string[] all = [.. served.Split(' '), "v1", "apps/v1", "coordination.k8s.io/v1", "rbac.authorization.k8s.io/v1"];
        foreach (string combination in HelmChart.Combinations)
        {
            RenderedChart chart = await new HelmChart { Combination = combination, Kubernetes = version }.RenderAsync();

            Assert.All(chart.Objects.Where(one => !RenderedChart.IsCustom(one)), one => Assert.Contains((string?)one["apiVersion"], all));
        }
    }

    /// <summary>The tests go by the server that they have: 1.20.2, or what <c>KUBEBUILDER_ASSETS</c> names.</summary>
    [InstalledFact]
    public async Task Apis_ForTheServerOfTheTests_AreThoseThatItServes()
    {
        HelmChart chart = await new HelmChart { Combination = "observed" }.ForAsync(fixture.Server);
        RenderedChart rendered = await chart.RenderAsync();

        Assert.All(
            rendered.Objects.Where(one => !RenderedChart.IsCustom(one) && (string?)one["apiVersion"] != "v1"),
            one => Assert.Contains((string?)one["apiVersion"], chart.Apis));
    }

    /// <summary>3 and 4 read the same templates and values.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Combination_ByEitherHelm_IsTheSame(string combination)
    {
        RenderedChart old = await new HelmChart { Combination = combination, Helm = 3 }.RenderAsync();
        RenderedChart now = await new HelmChart { Combination = combination, Helm = 4 }.RenderAsync();

        Assert.Equal(old.Manifest, now.Manifest);
        Assert.Equal(old.Hooks, now.Hooks);
    }

    [ChartTheory]
    [InlineData("1.26.9", null)]
    [InlineData("1.27.0", "AlwaysAllow")]
    public async Task Budget_LetsUnhealthyPodsGoWhereItCan(string version, string? policy)
    {
        RenderedChart chart = await new HelmChart { Kubernetes = version }.RenderAsync();

        Assert.Equal(policy, (string?)chart["PodDisruptionBudget"]["spec"]!["unhealthyPodEvictionPolicy"]);
    }

    [ChartTheory]
    [InlineData("1.28.9", false)]
    [InlineData("1.29.0", true)]
    public async Task Sidecar_OutlivesTheAppWhereItCan(string version, bool isNative)
    {
        RenderedChart chart = await new HelmChart { Combination = "sidecar", Kubernetes = version }.RenderAsync();

        Assert.Equal(isNative ? "Always" : null, (string?)chart.Sidecar!["restartPolicy"]);
        Assert.Equal(isNative ? 1 : 2, chart.PodSpec["containers"]!.AsArray().Count);
        Assert.Equal(
            [
                "--election=shop-leader-elected-app", "--election-namespace=$(POD_NAMESPACE)", "--ttl=15s", "--renew-deadline=10000ms",
                "--http=:4041", "--events", "--label-pod",
            ],
            chart.Sidecar["args"]!.AsArray().Select(argument => (string?)argument));
        Assert.DoesNotContain(chart.Environment.Keys, name => name.StartsWith("LeaderElection__", StringComparison.Ordinal));
    }

    [ChartTheory]
    [InlineData("1.29.9", """{"exec":{"command":["sleep","5"]}}""")]
    [InlineData("1.30.0", """{"sleep":{"seconds":5}}""")]
    public async Task PreStop_NeedsNoProgramWhereItCan(string version, string hook)
    {
        RenderedChart chart = await new HelmChart { Kubernetes = version, Set = ["shutdown.preStopSeconds=5"] }.RenderAsync();

        Assert.Equal(hook, chart.App["lifecycle"]!["preStop"]!.ToJsonString());
        Assert.Equal(40, (int)chart.PodSpec["terminationGracePeriodSeconds"]!);
    }

    /// <summary>Nothing but what the tests above name differs between the oldest and a new version.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Combination_ForANewVersion_DiffersInNothingElse(string combination)
    {
        string before = await PlainAsync(combination, HelmChart.OldKubernetes);
        string after = await PlainAsync(combination, "1.34.0");

        Assert.Equal(before, after);
    }

    private static async Task<string> PlainAsync(string combination, string version)
    {
        RenderedChart chart = await new HelmChart { Combination = combination, Kubernetes = version }.RenderAsync();
        foreach (JsonObject one in chart.Objects)
        {
            if ((string?)one["kind"] is "PodDisruptionBudget" or "FlowSchema")
            {
                one.Remove("apiVersion");
                one["spec"]!.AsObject().Remove("unhealthyPodEvictionPolicy");
            }
        }

        if (chart.Sidecar is { } sidecar)
        {
            sidecar.Parent!.AsArray().Remove(sidecar);
            if (chart.PodSpec["initContainers"] is JsonArray { Count: 0 })
                chart.PodSpec.Remove("initContainers");
        }

        (chart.App["lifecycle"] as JsonObject)?.Remove("preStop");
        return string.Join('\n', chart.Objects.Select(one => one.ToJsonString()));
    }
}
