using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>A real host that stands for a lease of the real API server, as one pod of a deployment would.</summary>
internal sealed class ClusterHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IHost _host;

    /// <summary>
    /// Hosts, proxies and tests share one thread pool here, as the processes of a cluster do not. On two cores it begins with two
    /// threads, and two that wait for a processor delay all others by the half second after which it adds a third.
    /// </summary>
    static ClusterHost() => ThreadPool.SetMinThreads(32, 32);

    private ClusterHost(IHost host, ListLoggerProvider logs)
    {
        _host = host;
        Logs = logs;
        Election = host.Services.GetRequiredService<ILeaderElection>();
    }

    public ILeaderElection Election { get; }

    public ListLoggerProvider Logs { get; }

    /// <summary>
    /// Our own: the framework logs what a health check says as well. Without those of a machine that was too busy to answer in time.
    /// </summary>
    public IReadOnlyList<LogEntry> Warnings =>
    [
        .. Logs.Entries.Where(entry => entry.Level >= LogLevel.Warning
            && entry.Category.StartsWith("LeaseElection", StringComparison.Ordinal)
            && !SlowAnswer.IsTold(entry.Message)),
    ];

    public static async Task<ClusterHost> StartAsync(
        RealApiServer server,
        ApiServerUser user,
        string leaseNamespace,
        Action<LeaderElectionOptions>? configure = null,
        Action<LeaderElectionBuilder>? work = null)
    {
        var logs = new ListLoggerProvider();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        LeaderElectionBuilder election = builder.Services.AddLeaderElection(options =>
        {
            options.LeaseName = "settlement";
            options.LeaseNamespace = leaseNamespace;
            options.Kubernetes.ApiServer = server.Url.ToString();
            options.Kubernetes.TokenFile = user.TokenFile;
            options.Kubernetes.CertificateAuthorityFile = server.CertificateAuthorityFile;
            configure?.Invoke(options);
        });
        work?.Invoke(election);
        IHost host = builder.Build();
        await host.StartAsync();
        return new ClusterHost(host, logs);
    }

    public Task<LeadershipTerm> LeadsAsync() => Election.WaitForLeadershipAsync().WaitAsync(Patience);

    public Task<LeaderElectionStatus> UntilAsync(Func<LeaderElectionStatus, bool> condition) => Election.UntilAsync(condition, Patience);

    public async Task<HealthReportEntry> HealthAsync()
    {
        HealthReport report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries["leader_election"];
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
