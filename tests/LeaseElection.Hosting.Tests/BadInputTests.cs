using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>Settings that cannot work, given to a real host: it does not start, and says what to write instead.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private bool _worked;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Store=File", "LeaderElection:LeaseName", "is not set")]
    [InlineData("Store=File;LeaseName=x;LeaseDuration=15", "LeaderElection:LeaseDuration", "is \"15\"", "\"00:00:15\" for 15 seconds")]
    [InlineData("Store=File;LeaseName=x;LeaseDuration=00:15", "LeaderElection:LeaseDuration", "is \"00:15\"", "\"00:00:15\" for 15 seconds",
        "\"00:15:00\" for 15 minutes")]
    [InlineData(
        "Store=File;LeaseName=x;LeaseDuration=00:00:10;RenewDeadline=00:00:10", "LeaderElection:RenewDeadline", "00:00:10", "less than")]
    [InlineData("Store=File;LeaseName=x;LeasDuration=00:00:15", "LeasDuration", "did you mean LeaseDuration?")]
    [InlineData("Store=Kubernetes;LeaseName=x;Kubernetes:ApiServer=https://127.0.0.1:1;Kubernetes:TokenFile={folder}/token;"
        + "Kubernetes:CertificateAuthorityFile={folder}/no-ca.crt", "CertificateAuthorityFile", "{folder}/no-ca.crt")]
    [InlineData("LeaseName=x;Kubernetes:KubeConfig={folder}/config;Kubernetes:Context=staging", "staging", "prod", "Context")]
    [InlineData("Store=File;LeaseName=x;File:Directory=/a\0b", "LeaderElection:File:Directory", "zero character")]
    [InlineData("LeaseName=x;Kubernetes:KubeConfig=/a\0b", "LeaderElection:Kubernetes:KubeConfig", "zero character")]
    [InlineData(
        "LeaseName=x;Kubernetes:ApiServer=https://a;Kubernetes:TokenFile=/a\0b", "LeaderElection:Kubernetes:TokenFile", "zero character")]
    [InlineData("Store=File;LeaseName=x;Identity=a\ufffd", "LeaderElection:Identity", "whole Unicode characters")]
    [InlineData("LeaseName=x", "LeaderElection:Store", "Tried:", "Kubernetes:KubeConfig", "Store=File", "DOTNET_ENVIRONMENT=Development")]
    public async Task Start_SettingsThatCannotWork_FailsWithWhatToDo(string settings, params string[] parts)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "token"), "secret");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "config"), """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {token: secret}}]
            contexts: [{name: prod, context: {cluster: c, user: u}}]
            current-context: prod
            """);
        using IHost host = Build(settings);
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.All(parts, part => Assert.Contains(part.Replace("{folder}", _folder.Path, StringComparison.Ordinal), exception.Message,
            StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.False(_worked);
    }

    [Theory]
    [InlineData("""{"apiVersion": "coordination.k8s.io/v1", "kind": "Le""")]
    [InlineData(null)]
    public async Task Start_LeaseFileThatCannotBeUsed_IsNamedAndNothingLeads(string? content)
    {
        string directory = Path.Combine(_folder.Path, "leases");
        if (content is null)
        {
            // Not writable, also for root, which tests run as: a file is where the folder should be.
            await File.WriteAllTextAsync(directory, "");
        }
        else
        {
            string lease = Path.Combine(directory, "default", "x");
            Directory.CreateDirectory(lease);
            await File.WriteAllTextAsync(Path.Combine(lease, "lease.json"), content);
        }

        using IHost host = Build($"Store=File;LeaseName=x;File:Directory={directory}");
        await host.StartAsync();
        var election = host.Services.GetRequiredService<ILeaderElection>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string? error = null;
        await foreach (LeaderElectionStatus status in election.WatchAsync(patience.Token))
        {
            error = status.LastError;
            if (error is not null)
                break;
        }

        Assert.Contains(directory, error, StringComparison.Ordinal);
        Assert.False(election.IsLeader);
        await host.StopAsync();
        Assert.False(_worked);
    }

    private IHost Build(string settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings.Split(';').Select(setting => setting.Split('=', 2)).Select(setting =>
            KeyValuePair.Create(
                "LeaderElection:" + setting[0], (string?)setting[1].Replace("{folder}", _folder.Path, StringComparison.Ordinal))));
        builder.Services.AddSingleton(TestEnvironment.With());
        builder.Services.AddLeaderElection().AddWork((_, _, _) =>
        {
            _worked = true;
            return Task.CompletedTask;
        });
        return builder.Build();
    }
}
