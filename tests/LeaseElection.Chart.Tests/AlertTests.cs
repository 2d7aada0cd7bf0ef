using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeaseElection.Testing.Chart;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Chart.Tests;

/// <summary>The alert rules ask for what the library measures, and fire when they should and only then.</summary>
public sealed partial class AlertTests : IDisposable
{
    private static readonly string[] Texts = ["summary", "description", "runbook"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [ChartTheory]
    [InlineData("observed")]
    [InlineData("partitions")]
    public async Task Alerts_Metrics_AreThoseOfTheLibrary(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();

        Assert.All(RulesOf(chart), rule => PrometheusNames.AssertKnown((string)rule!["expr"]!));
    }

    [ChartTheory]
    [InlineData("observed")]
    [InlineData("partitions")]
    public async Task Alerts_EachSaysWhatToDo(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();

        Assert.All(RulesOf(chart), rule =>
        {
            Assert.True((string?)rule!["labels"]!["severity"] is "critical" or "warning");
            Assert.All(Texts, text => Assert.NotEmpty((string)rule["annotations"]![text]!));
        });
    }

    /// <summary>By Prometheus's own evaluator: series in, alerts out. 15 s between scrapes, a lease of 15 s.</summary>
    [ChartTheory]
    [InlineData("a healthy replica", "LeaderElectionNoLeader", "1x40", "0x40", "5m", false)]
    [InlineData("one scrape without a leader", "LeaderElectionNoLeader", "1x10 0 0x10", "0x11 1x10", "3m", false)]
    [InlineData("a crash, waited for as long as the lease", "LeaderElectionNoLeader", "1x10 0x1 0x10", "0x12 1x10", "3m15s", false)]
    [InlineData("nobody leads", "LeaderElectionNoLeader", "1x10 0x30", "0x40", "5m", true)]
    [InlineData("nobody is scraped", "LeaderElectionNoLeader", "1x10 stale", "0x10 stale", "5m", true)]
    [InlineData("a hand-over between two scrapes", "LeaderElectionTwoLeaders", "1x10 1 0x20", "0x10 1 1x20", "2m45s", false)]
    [InlineData("a leader that ended without a word", "LeaderElectionTwoLeaders", "1x10 1 stale", "0x10 1 1x20", "2m45s", false)]
    [InlineData("two leaders", "LeaderElectionTwoLeaders", "1x40", "0x10 1x30", "5m", true)]
    public async Task Leaders_InSeries_AlertOrNot(string situation, string alert, string first, string second, string at, bool fires)
    {
        string series = $"""
                  - series: 'leader_election_leader{Labels("pod-1")}'
                    values: '{Samples(first)}'
                  - series: 'leader_election_leader{Labels("pod-2")}'
                    values: '{Samples(second)}'
            """;

        Assert.True(fires == await FiresAsync(alert, series, at), situation);
    }

    [ChartTheory]
    [InlineData("saw-tooth of a healthy leader", "0 2.9 1.5 0.3 2x20", false)]
    [InlineData("a blip that a retry mends", "1 5.2 1x20", false)]
    [InlineData("a quarter before the end", "1 7.8 1x20", true)]
    public async Task RenewalAge_InSeries_AlertsOrNot(string situation, string ages, bool fires)
    {
        string series = $"""
                  - series: 'leader_election_lease_renewal_age_seconds{Labels("pod-1")}'
                    values: '{Samples(ages)}'
            """;

        Assert.True(fires == await FiresAsync("LeaderElectionRenewalsFail", series, "2m"), situation);
    }

    [ChartTheory]
    [InlineData("all are owned", "0x40", "0x40", false)]
    [InlineData("moves, one after the other, for a minute", "0x10 1 0 1 0 1 0x10", "0x10 0 1 0 1 0x10", false)]
    [InlineData("a crash, waited for as long as the lease", "0x10 4x2 0x20", "0x10 4x2 0x20", false)]
    [InlineData("nobody takes one", "0x10 1x30", "0x10 1x30", true)]
    [InlineData("one replica of two sees it", "0x10 1x30", "0x40", true)]
    public async Task PartitionsWithoutOwner_InSeries_AlertOrNot(string situation, string first, string second, bool fires)
    {
        string series = $"""
                  - series: 'leader_election_partitions_unowned{Labels("pod-1")}'
                    values: '{Samples(first)}'
                  - series: 'leader_election_partitions_unowned{Labels("pod-2")}'
                    values: '{Samples(second)}'
            """;

        Assert.True(fires == await FiresAsync("LeaderElectionPartitionsUnowned", series, "4m", "partitions"), situation);
    }

    [ChartTheory]
    [InlineData("no overrun", "LeaderElectionWorkOverrun", "leader_election_work_overruns_total", "", "0x30", "5m", false)]
    [InlineData(
        "a counter that begins with 1", "LeaderElectionWorkOverrun", "leader_election_work_overruns_total", "", "_x10 1x10", "5m", true)]
    [InlineData(
        "a counter that goes from 0 to 1", "LeaderElectionWorkOverrun", "leader_election_work_overruns_total", "", "0x80 1x10", "21m30s",
        true)]
    [InlineData("an overrun of yesterday", "LeaderElectionWorkOverrun", "leader_election_work_overruns_total", "", "1x200", "45m", false)]
    [InlineData(
        "a rollout", "LeaderElectionTermsLost", "leader_election_transitions_total", ",leader_election_transition=\"released\"",
        "_x4 1 2 3 4x30", "5m", false)]
    [InlineData(
        "one term lost", "LeaderElectionTermsLost", "leader_election_transitions_total", ",leader_election_transition=\"lost\"", "_x4 1x30",
        "5m", false)]
    [InlineData(
        "three terms lost", "LeaderElectionTermsLost", "leader_election_transitions_total", ",leader_election_transition=\"lost\"",
        "_x4 1 2 3x30", "5m", true)]
    public async Task Counter_InSeries_AlertsOrNot(
        string situation, string alert, string metric, string labels, string values, string at, bool fires)
    {
        string series = $"""
                  - series: '{metric}{Labels("pod-1", labels)}'
                    values: '{Samples(values)}'
            """;

        Assert.True(fires == await FiresAsync(alert, series, at), situation);
    }

    private static JsonArray RulesOf(RenderedChart chart) => chart["PrometheusRule"]["spec"]!["groups"]![0]!["rules"]!.AsArray();

    private static string Labels(string pod, string more = "") =>
        $"{{pod=\"{pod}\",leader_election_lease_namespace=\"default\",leader_election_lease_name=\"shop-leader-elected-app\"{more}}}";

    /// <summary>promtool wants <c>1x3</c>, four times 1, written <c>1+0x3</c>.</summary>
    private static string Samples(string values) => Repeated().Replace(values, "${value}+0x${times}");

    private async Task<bool> FiresAsync(string alert, string series, string at, string combination = "observed")
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        string rules = Path.Combine(_folder.FullName, "rules.json"); // JSON is YAML.
        await File.WriteAllTextAsync(rules, chart["PrometheusRule"]["spec"]!.ToJsonString());
        ProgramResult check = await ProgramResult.OfAsync(ChartPrograms.Promtool, ["check", "rules", rules]);
        Assert.True(check.ExitCode == 0, check.Output + check.Errors);

        string tests = Path.Combine(_folder.FullName, "tests.yaml");
        await File.WriteAllTextAsync(tests, $"""
            rule_files: [rules.json]
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series:
            {series}
                alert_rule_test:
                  - eval_time: {at}
                    alertname: {alert}
                    exp_alerts: []
            """);
        ProgramResult result = await ProgramResult.OfAsync(ChartPrograms.Promtool, ["test", "rules", tests]);
        string text = result.Output + result.Errors;
        Assert.True(result.ExitCode == 0 || text.Contains($"alertname: {alert}", StringComparison.Ordinal), text);
        return result.ExitCode != 0;
    }

    [GeneratedRegex("\\b(?<value>[0-9.]+)x(?<times>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Repeated();
}
