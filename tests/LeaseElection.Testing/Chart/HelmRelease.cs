using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Testing.Chart;

/// <summary>A release on a real API server, kept there by helm itself.</summary>
/// <param name="server">Where.</param>
/// <param name="chart">What, in which namespace, and by which helm.</param>
public sealed class HelmRelease(RealApiServer server, HelmChart chart)
{
    /// <summary>What it is at present.</summary>
    public HelmChart Chart { get; private set; } = chart;

    /// <summary>A namespace of its own, and nothing in it yet.</summary>
    public static async Task<HelmRelease> PrepareAsync(RealApiServer server, HelmChart chart) =>
        new(server, await chart.ForAsync(server) with { Namespace = await server.CreateNamespaceAsync() });

    /// <summary><c>helm install</c>: what it prints, notes included.</summary>
    /// <exception cref="InvalidOperationException">It refuses: carries what it says.</exception>
    public Task<string> InstallAsync() => RunAsync(["install", .. Chart.Arguments]);

    /// <summary><c>helm upgrade</c> to another chart, that is to other values.</summary>
    /// <exception cref="InvalidOperationException">It refuses: carries what it says.</exception>
    public Task<string> UpgradeAsync(HelmChart chart)
    {
        Chart = chart;
        return RunAsync(["upgrade", .. Chart.Arguments]);
    }

    /// <summary><c>helm uninstall</c>.</summary>
    public Task<string> UninstallAsync() => RunAsync(["uninstall", Chart.Release, "--namespace", Chart.Namespace]);

    /// <summary>The service account of the release, and what its Pods find around themselves.</summary>
    public async Task<InstalledChart> OpenAsync() => await InstalledChart.OfAsync(server, await Chart.RenderAsync(), Chart.Namespace);

    private async Task<string> RunAsync(string[] arguments)
    {
        ProgramResult result = await ProgramResult.OfAsync(
            ChartPrograms.Helm(Chart.Helm), [.. arguments, "--kubeconfig", server.AdminKubeConfigFile]);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.Errors);
    }
}
