using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>Of the settings of an election the sidecar has some and the others are refused: none is left out in silence.</summary>
public sealed class SidecarSettingsTests
{
    private const string Enabled = "sidecar={enabled: true, image: x}";

    /// <summary>A value that the library would not take is not to be mended first, or the second refusal comes after the first.</summary>
    [ChartTheory]
    [InlineData(
        "election.retryPeriod=\"00:00:05\"",
        "election.retryPeriod is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) "
            + "and renewDeadline alone; leave election.retryPeriod out")]
    [InlineData(
        "election.retryPeriod=\"00:00:11\"",
        "election.retryPeriod is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) "
            + "and renewDeadline alone; leave election.retryPeriod out")]
    [InlineData(
        "election={timing: custom, leaseDuration: \"00:00:20\", renewDeadline: \"00:00:12\", retryPeriod: \"00:00:02\"}",
        "election.retryPeriod is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) "
            + "and renewDeadline alone; leave election.retryPeriod out")]
    [InlineData(
        "election.stopTimeout=\"00:00:06\"",
        "election.stopTimeout is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) "
            + "and renewDeadline alone; leave election.stopTimeout out")]
    [InlineData(
        "election.releaseOnStop=false",
        "election.releaseOnStop is false, but sidecar.enabled is true and the sidecar has no such setting: it gives the lease up "
            + "whenever it stops; leave election.releaseOnStop out")]
    [InlineData(
        "election.whenWorkEnds=Restart",
        "election.whenWorkEnds is Restart, but sidecar.enabled is true and the sidecar has no such setting: the work is the app's, "
            + "which it does not run; leave election.whenWorkEnds out")]
    [InlineData(
        "election.whenWorkOverruns=Log",
        "election.whenWorkOverruns is Log, but sidecar.enabled is true and the sidecar has no such setting: the work is the app's, "
            + "which it does not run; leave election.whenWorkOverruns out")]
    [InlineData(
        "election.timing=custom",
        "election.leaseDuration is not set, but election.timing=custom has no default for it: write both leaseDuration and renewDeadline, "
            + "or take the timing fast, standard, tolerant or singleNode")]
    [InlineData(
        "election={timing: custom, leaseDuration: \"00:00:20\"}",
        "election.renewDeadline is not set, but election.timing=custom has no default for it: write both leaseDuration and renewDeadline, "
            + "or take the timing fast, standard, tolerant or singleNode")]
    public async Task WithWhatItHasNot_IsRefused(string value, string message)
    {
        var chart = new HelmChart { Set = [Enabled, value] };

        Assert.EndsWith("): " + message, await chart.RefusalAsync(), StringComparison.Ordinal);
        Assert.EndsWith("): " + message, await (chart with { Helm = 3 }).RefusalAsync(), StringComparison.Ordinal);
    }

    /// <summary>Whatever a combination has under <c>election</c>, and so every setting that there is.</summary>
    [ChartFact]
    public async Task AnySettingOfTheElection_ReachesItOrIsRefused()
    {
        string[] settings =
        [
            .. HelmChart.Combinations.SelectMany(
                combination => HelmChart.ValuesOf(combination)["election"] as JsonObject ?? [],
                (_, setting) => $"election.{setting.Key}={setting.Value!.ToJsonString()}").Distinct(StringComparer.Ordinal)
                .Except(["election.timing=\"custom\""], StringComparer.Ordinal), // Which wants others beside it.
        ];
        Assert.Contains("election.whenWorkOverruns=\"FailFast\"", settings);
        string without = await ArgumentsAsync();

        List<string> ignored = [];
        foreach (string setting in settings)
        {
            string outcome;
            try
            {
                outcome = await ArgumentsAsync(setting);
            }
            catch (InvalidOperationException refusal)
            {
                outcome = refusal.Message;
                Assert.Contains("but sidecar.enabled is true", outcome, StringComparison.Ordinal);
            }

            if (outcome == without)
                ignored.Add(setting);
        }

        Assert.Empty(ignored);

        static async Task<string> ArgumentsAsync(params string[] settings) =>
            (await new HelmChart { Set = [Enabled, .. settings] }.RenderAsync()).Sidecar!["args"]!.ToJsonString();
    }

    /// <summary>The values that everybody has, written out.</summary>
    [ChartFact]
    public async Task WithTheDefaultsWrittenOut_IsNotRefused()
    {
        JsonNode values = YamlJson.Parse(await File.ReadAllTextAsync(Path.Combine(HelmChart.Folder, "values.yaml")))!;
        var chart = new HelmChart { Set = [Enabled] };

        RenderedChart written = await (chart with { Set = [.. chart.Set, $"election={values["election"]!.ToJsonString()}"] }).RenderAsync();

        Assert.Equal((await chart.RenderAsync()).Text, written.Text);
    }

    /// <summary>Shorter than a preset's retryPeriod, which the sidecar does not use.</summary>
    [ChartTheory]
    [InlineData("00:00:10", "00:00:01.5", 10)]
    [InlineData("00:00:01", "00:00:00.2", 1)]
    public async Task WithAShortDeadline_IsNotRefused(string lease, string deadline, int seconds)
    {
        RenderedChart chart = await new HelmChart
        {
            Combination = "sidecar",
            Set = ["election.timing=standard", $"election.leaseDuration=\"{lease}\"", $"election.renewDeadline=\"{deadline}\""],
        }.RenderAsync();

        Assert.Contains($"--ttl={seconds}s", chart.Sidecar!["args"]!.AsArray().Select(argument => (string)argument!));
    }
}
