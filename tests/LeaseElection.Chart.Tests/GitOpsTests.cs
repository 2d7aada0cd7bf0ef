using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// What a GitOps controller makes of the chart: Argo CD applies all that is rendered but Leases, and says that all went well.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class GitOpsTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [InstalledFact]
    public async Task DefaultValues_AppliedWithoutLeases_Lead()
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(fixture.Server, new HelmChart(), without: "Lease");
        await using ChartHost host = await ChartHost.StartAsync(chart.EnvironmentOf("pod-1"), chart.ServiceAccountFolder);

        LeadershipTerm term = await host.Election.WaitForLeadershipAsync().WaitAsync(Patience);

        Assert.True(term.IsHeld);
        Assert.Empty(host.Warnings.Select(entry => entry.Message));
    }

    /// <summary>Whoever took `create` away is told by the log what is missing, and gets on by one command.</summary>
    [InstalledFact]
    public async Task LeastRights_AppliedWithoutLeases_SayWhatToDo()
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(
            fixture.Server, new HelmChart { Combination = "least-rights" }, without: "Lease");
        await using ChartHost host = await ChartHost.StartAsync(chart.EnvironmentOf("pod-1"), chart.ServiceAccountFolder);
        await Polling.UntilAsync(() => Task.FromResult(host.Warnings.Any()), Patience, what: "a warning");

        string warning = host.Warnings.First().Message;
        Assert.Contains("Not allowed to create leases.coordination.k8s.io", warning, StringComparison.Ordinal);
        Assert.Contains(
            "The Lease is not there: grant create, or make it beforehand without a spec. Argo CD makes none that a chart has.", warning,
            StringComparison.Ordinal);

        await fixture.Server.KubectlAsync(
            $$$"""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{{chart.Chart.LeaseName}}}"}}""",
            "create", "-n", chart.Namespace, "-f", "-");
        await host.Election.WaitForLeadershipAsync().WaitAsync(Patience);
    }
}
