using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>The Grafana dashboard asks for what the library measures, and shows all of it.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void Dashboard_Metrics_AreThoseOfTheLibrary()
    {
        JsonNode dashboard = Dashboard();
        string[] queries = [.. dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!)];

        Assert.All(queries.Where(query => query != "vector($deadline)"), PrometheusNames.AssertKnown);
        Assert.All(dashboard["templating"]!["list"]!.AsArray().Where(one => (string?)one!["type"] == "query"), one => PrometheusNames.AssertKnown((string)one!["definition"]!));
    }

    /// <summary>Every instrument of the library is on the dashboard: what nobody can see nobody looks at.</summary>
    [Fact]
    public void Dashboard_ShowsEveryInstrument()
    {
        string text = Dashboard().ToJsonString();

        Assert.All(PrometheusNames.Metrics(), metric => Assert.Contains(metric, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboard_Panels_HaveTitlesQueriesAndPlacesOfTheirOwn()
    {
        JsonArray panels = Dashboard()["panels"]!.AsArray();
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

    [ChartFact]
    public async Task Dashboard_ConfigMap_HoldsTheFile()
    {
        RenderedChart chart = await new HelmChart { Combination = "observed" }.RenderAsync();
        JsonObject map = chart["ConfigMap"];

        Assert.Equal("1", (string?)map["metadata"]!["labels"]!["grafana_dashboard"]);
        Assert.True(JsonNode.DeepEquals(Dashboard(), JsonNode.Parse((string)map["data"]!["leader-election.json"]!)));
    }

    private static JsonNode Dashboard() => JsonNode.Parse(File.ReadAllText(Path.Combine(HelmChart.Folder, "dashboards", "leader-election.json")))!;
}
