using LeaseElection.Hosting;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>The token that the chart mounts by hand is one that the library leads with, and reads anew.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ProjectedTokenTests(ApiServerFixture fixture)
{
    [InstalledFact]
    public async Task Token_ThatTheKubeletReplaces_IsReadAnew()
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = "policies" });
        using var volume = new ProjectedToken(chart.Chart.PodSpec["volumes"]!.AsArray().Single(one => one!["projected"] is not null)!);

        // Run out, as one is that nobody renewed: whoever read it once and never again would not get on from here.
        await volume.WriteAsync(chart.ServiceAccountFolder, token: "run-out");
        await using ChartHost host = await ChartHost.StartAsync(chart.EnvironmentOf("pod-1"), volume.Folder);
        await Polling.UntilAsync(
            () => Task.FromResult(host.Warnings.Any(entry => entry.Message.Contains("(401)", StringComparison.Ordinal))), Signal.Patience,
            what: "a 401");

        await volume.WriteAsync(chart.ServiceAccountFolder);
        LeadershipTerm term = await host.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);

        Assert.Equal(chart.Namespace, term.LeaseNamespace);
    }
}
