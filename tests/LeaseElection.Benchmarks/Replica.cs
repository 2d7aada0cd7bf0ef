using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Authentication;
using LeaseElection.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Benchmarks;

/// <summary>
/// One replica, run as a process of its own and configured by environment variables as in a pod. Its work does nothing but tell when
/// it starts and ends.
/// </summary>
internal static class Replica
{
    public const string Command = "replica";
    public const string WebCommand = "web-replica";
    public const string DefaultWay = "default";
    public const string KubernetesClientWay = "kubernetesclient";

    /// <summary>Of the variables that say by which configuration of KubernetesClient to connect.</summary>
    public const string KubernetesClientPrefix = "KubernetesClient__";

    public static Task RunAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        Configure(builder);
        return builder.Build().RunAsync();
    }

    /// <summary>The same with the endpoints and probes, and step-down for everybody.</summary>
    public static async Task RunWebAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        Configure(builder);
        await using WebApplication app = builder.Build();
        app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        app.MapLeaderElection("/leader-election", options => options.MapStepDown(endpoint => endpoint.AllowAnonymous()));
        TimeSpan allowed = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        Journal.Write(Journal.Allows, allowed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        await app.RunAsync();
    }

    private static void Configure(IHostApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddHostedService<Observer>();
        LeaderElectionBuilder election = builder.Services.AddLeaderElection();
        if (Variable("ApiServer") is { } server)
            election.UseKubernetesClient(() => Configuration(server));
        election.AddWork(async (_, term, stoppingToken) =>
        {
            Journal.Write(Journal.Started, term.Identity);
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (stoppingToken.Register(stopped.SetResult))
                await stopped.Task;
            Journal.Write(Journal.Stopped, term.Identity);
        });
    }

    /// <summary>As <see cref="KubernetesClientConfiguration.InClusterConfig"/> makes it in a Pod.</summary>
    private static KubernetesClientConfiguration Configuration(string server)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Variable("CertificateAuthorityFile")!);
        return new() { Host = server, SslCaCerts = authorities, TokenProvider = new TokenFileAuth(Variable("TokenFile")!) };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(KubernetesClientPrefix + name);

    /// <summary>Tells whom this replica sees leading, so that the parent knows when all of them have settled.</summary>
    private sealed class Observer(ILeaderElection election) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (LeaderElectionStatus status in election.WatchAsync(stoppingToken))
            {
                if (status.HolderIdentity is { } holder)
                    Journal.Write(Journal.Seen, holder);
            }
        }
    }
}
