using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>The Grafana dashboards ask for what the library measures, and show all of it.</summary>
public sealed class DashboardTests
{
    private const string Election = "leader-election.json";

    private const string Partitions = "partitions.json";

    [Theory]
    [InlineData(Election)]
    [InlineData(Partitions)]
    public void Dashboard_Metrics_AreThoseOfTheLibrary(string file)
    {
        JsonNode dashboard = Dashboard(file);
        string[] queries =
        [
            .. dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!)
        ];

        Assert.All(queries.Where(query => query != "vector($deadline)"), PrometheusNames.AssertKnown);
        Assert.All(
            dashboard["templating"]!["list"]!.AsArray().Where(one => (string?)one!["type"] == "query"),
            one => PrometheusNames.AssertKnown((string)one!["definition"]!));
    }

    /// <summary>Every instrument of the library is on one of them: what nobody can see nobody looks at.</summary>
    [Fact]
    public void Dashboards_ShowEveryInstrument()
    {
        string text = Dashboard(Election).ToJsonString() + Dashboard(Partitions).ToJsonString();

        Assert.All(PrometheusNames.Metrics(), metric => Assert.Contains(metric, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Election)]
    [InlineData(Partitions)]
    public void Dashboard_Panels_HaveTitlesQueriesAndPlacesOfTheirOwn(string file)
    {
        JsonArray panels = Dashboard(file)["panels"]!.AsArray();
        bool[,] taken = new bool[24, 100];

        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
        foreach (JsonNode? panel in panels)
        {
            Assert.False(string.IsNullOrEmpty((string?)panel!["title"]) || string.IsNullOrEmpty((string?)panel["description"]));
            Assert.Equal("${datasource}", (string?)panel["datasource"]!["uid"]);
            (int x, int y) = ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!);
            for (int i = x; i < x + (int)panel["gridPos"]!["w"]!; i++)
            {
                for (int j = y; j < y + (int)panel["gridPos"]!["h"]!; j++)
                {
                    Assert.False(taken[i, j], $"{panel["title"]} lies over another panel");
                    taken[i, j] = true;
                }
            }
        }
    }

    [ChartTheory]
    [InlineData("observed", Election)]
    [InlineData("partitions", Election, Partitions)]
    public async Task Dashboard_ConfigMap_HoldsTheFiles(string combination, params string[] files)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        JsonObject map = chart["ConfigMap"];

        Assert.Equal("1", (string?)map["metadata"]!["labels"]!["grafana_dashboard"]);
        Assert.Equal(files, map["data"]!.AsObject().Select(file => file.Key));
        Assert.All(files, file => Assert.True(JsonNode.DeepEquals(Dashboard(file), JsonNode.Parse((string)map["data"]![file]!))));
        Assert.Equal(files.Length, files.Select(file => (string)Dashboard(file)["uid"]!).Distinct().Count());
    }

    private static JsonNode Dashboard(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(HelmChart.Folder, "dashboards", file)))!;
}
