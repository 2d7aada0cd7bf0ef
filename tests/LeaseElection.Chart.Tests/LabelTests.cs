using System.Text.Json;
using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>Labels from several places: each once, the more special one first, and never the selector's.</summary>
public sealed class LabelTests
{
    /// <summary>A key twice is no YAML: helm 4 refuses it, and so does what reads it here.</summary>
    [ChartTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Labels_SaidInSeveralPlaces_AreThereOnce(int helm)
    {
        RenderedChart chart = await new HelmChart
        {
            Helm = helm,
            Combination = "observed",
            Set =
            [
                "commonLabels={team: common, helm.sh/chart: mine, app.kubernetes.io/version: '7', grafana_dashboard: '0'}",
                "podLabels={team: pods, app.kubernetes.io/version: '8'}",
                "podMonitor.labels={team: monitor}", "prometheusRule.labels={team: rules}", "dashboard.labels={team: dashboard}",
                "helmTest.podLabels={team: test}",
            ],
        }.RenderAsync();

        Assert.Equal("pods", TeamOf(chart["Deployment"]["spec"]!["template"]));
        Assert.Equal("monitor", TeamOf(chart["PodMonitor"]));
        Assert.Equal("rules", TeamOf(chart["PrometheusRule"]));
        Assert.Equal("dashboard", TeamOf(chart["ConfigMap"]));
        Assert.Equal("test", TeamOf(chart.Objects.Single(one => (string?)one["kind"] == "Pod")));
        Assert.Equal("1", (string?)chart["ConfigMap"]["metadata"]!["labels"]!["grafana_dashboard"]);
        foreach (string kind in new[] { "Deployment", "PodDisruptionBudget", "ServiceAccount", "Role", "RoleBinding", "FlowSchema" })
        {
            Assert.Equal("common", TeamOf(chart[kind]));
            Assert.Equal("mine", (string?)chart[kind]["metadata"]!["labels"]!["helm.sh/chart"]);
            Assert.Equal("7", (string?)chart[kind]["metadata"]!["labels"]!["app.kubernetes.io/version"]);
        }
    }

    /// <summary>Releases and namespaces may be called so, and no API server takes a number for a name.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Names_OfDigits_AreTexts(string combination)
    {
        RenderedChart chart = await new HelmChart
        {
            Combination = combination,
            Release = "2026",
            Namespace = "12",
            Set = ["fullnameOverride='34'", "nameOverride='56'"],
        }.RenderAsync();

        Assert.All(chart.Objects.SelectMany(Named), value => Assert.Equal(JsonValueKind.String, value.GetValueKind()));
    }

    /// <summary>Whatever is labelled, the selector finds the Pods, and no more than them.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Selector_FindsThePodsAndNotThatOfTheTest(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        JsonObject selector = chart["Deployment"]["spec"]!["selector"]!["matchLabels"]!.AsObject();

        Assert.True(Selects(selector, chart["Deployment"]["spec"]!["template"]!));
        Assert.All(chart.Objects.Where(one => (string?)one["kind"] == "Pod"), pod => Assert.False(Selects(selector, pod)));
    }

    [ChartTheory]
    [InlineData("--set", "20261127")]
    [InlineData("--set", "5176135")]
    [InlineData("--set", "12e45678")]
    [InlineData("--set", "0123456")]
    [InlineData("--set", "1.10")]
    [InlineData("--set-string", "true")]
    public async Task Tag_OnTheCommandLine_IsTakenAsWritten(string flag, string tag)
    {
        foreach (int helm in new[] { 3, 4 })
        {
            RenderedChart chart = await new HelmChart { Helm = helm, Flags = [flag, "image.tag=" + tag] }.RenderAsync();

            Assert.Equal("registry.example/settlement:" + tag, (string?)chart.App["image"]);
            Assert.Equal(tag, (string?)chart["Deployment"]["metadata"]!["labels"]!["app.kubernetes.io/version"]);
        }
    }

    private static string? TeamOf(JsonNode? one) => (string?)one!["metadata"]!["labels"]!["team"];

    private static bool Selects(JsonObject selector, JsonNode pod) =>
        selector.All(label => (string?)pod["metadata"]!["labels"]![label.Key] == (string?)label.Value);

    /// <summary>All names in it, and all labels and what selects by them.</summary>
    private static IEnumerable<JsonNode> Named(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => pair switch
        {
            { Key: "labels" or "matchLabels", Value: JsonObject labels } => labels.Select(label => label.Value!),
            { Key: "name" or "namespace" or "serviceAccountName", Value: JsonValue name } => [name],
            _ => Named(pair.Value),
        }),
        JsonArray list => list.SelectMany(Named),
        _ => [],
    };
}
