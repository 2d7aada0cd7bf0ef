using System.Text.Json;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Native;

namespace LeaseElection.Canary.Tests;

/// <summary>
/// The library in a native program: it is published without a warning, which would fail the publish, and elects as it does elsewhere.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class CanaryTests(PublishedCanary canary, ApiServerFixture fixture) : IClassFixture<PublishedCanary>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaseelection-canary-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NativeFact]
    public Task File_LeadsAndHandsOver() =>
        LeadsAndHandsOverAsync("LeaderElection:Store=File", $"LeaderElection:File:Directory={_folder.FullName}");

    [NativeFact(WithCluster = true)]
    public async Task Kubernetes_LeadsAndHandsOver() =>
        await LeadsAndHandsOverAsync(await NamespaceAsync(), $"LeaderElection:Kubernetes:KubeConfig={fixture.Server.AdminKubeConfigFile}");

    [NativeFact(WithCluster = true)]
    public async Task KubernetesClient_LeadsAndHandsOver() =>
        await LeadsAndHandsOverAsync(await NamespaceAsync(), $"ClientKubeConfig={fixture.Server.AdminKubeConfigFile}");

    private async Task<string> NamespaceAsync() => $"LeaderElection:LeaseNamespace={await fixture.Server.CreateNamespaceAsync()}";

    private async Task LeadsAndHandsOverAsync(params string[] settings)
    {
        await using CanaryProcess first = await StartAsync(settings);
        await first.SaysAsync("serves as leader");
        await first.SaysAsync("runs for ");
        var token = UInt128.Parse(await first.SaysAsync("leads with "), null);
        await using CanaryProcess second = await StartAsync(settings);
        string address = await second.SaysAsync("Now listening on: ");
        Assert.DoesNotContain("leads with", second.Output, StringComparison.Ordinal);

        Assert.Equal(0, await first.StopAsync());
        Assert.Contains("leads no more", first.Output, StringComparison.Ordinal);

        Assert.True(UInt128.Parse(await second.SaysAsync("leads with "), null) > token);
        using var http = new HttpClient();
        JsonElement status = JsonElement.Parse(await http.GetStringAsync(new Uri(address + "/leader/default")));
        Assert.True(status.GetProperty("isLeader").GetBoolean());
        Assert.Equal(0, await second.StopAsync());
    }

    private Task<CanaryProcess> StartAsync(string[] settings) =>
        CanaryProcess.StartAsync(Path.Combine(canary.Program.Folder, "LeaseElection.Canary"), _folder.FullName, settings);
}
