using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Chart.Tests;

/// <summary>A real host with the library, configured by the environment of the chart's container as in a Pod.</summary>
internal sealed class ChartHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ChartHost(IHost host, ListLoggerProvider logs)
    {
        _host = host;
        Logs = logs;
        Election = host.Services.GetRequiredService<ILeaderElection>();
    }

    public ILeaderElection Election { get; }

    public IServiceProvider Services => _host.Services;

    public ListLoggerProvider Logs { get; }

    /// <summary>What of it a person would have to look at.</summary>
    public IEnumerable<LogEntry> Warnings =>
        Logs.Entries.Where(entry => entry.Level >= LogLevel.Warning && !SlowAnswer.IsTold(entry.Message));

    public LeaderElectionOptions Options =>
        _host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<LeaderElectionOptions>>().Value;

    /// <summary>Starts it: options that the library does not know or accept throw here.</summary>
    /// <param name="environment">The environment of the container.</param>
    /// <param name="serviceAccountFolder">What the kubelet mounts.</param>
    /// <param name="configure">What the app adds to its election; if null, work for the partitions that the environment tells of.</param>
    public static async Task<ChartHost> StartAsync(
        IReadOnlyDictionary<string, string> environment, string serviceAccountFolder, Action<LeaderElectionBuilder>? configure = null)
    {
        var logs = new ListLoggerProvider();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.Configuration.AddInMemoryCollection(environment.Select(pair => KeyValuePair.Create(KeyOf(pair.Key), (string?)pair.Value)));
        builder.Services.Configure<HostOptions>(options =>
            options.ShutdownTimeout = TimeSpan.FromSeconds(builder.Configuration.GetValue("shutdownTimeoutSeconds", 30)));
        builder.Services.AddSingleton(ProcessEnvironment.Current with
        {
            Variable = environment.GetValueOrDefault,
            ServiceAccountDirectory = serviceAccountFolder,
        });
        LeaderElectionBuilder election = builder.Services.AddLeaderElection();
        if (configure is null && environment.ContainsKey("LeaderElection__Partitions__Count"))
            configure = Partitioned;
        configure?.Invoke(election);
        IHost host = builder.Build();
        await host.StartAsync();
        return new ChartHost(host, logs);
    }

    /// <summary>Work on each partition that is here, until it moves.</summary>
    public static void Partitioned(LeaderElectionBuilder election) =>
        election.AddPartitionedWork((_, _, _, stoppingToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken));

    public Task<LeaderElectionStatus> UntilAsync(Func<LeaderElectionStatus, bool> condition) =>
        Election.UntilAsync(condition, TimeSpan.FromSeconds(30));

    /// <summary>As the host's own reader of environment variables does it; that it does, <see cref="RolloutTests"/> shows.</summary>
    private static string KeyOf(string variable) =>
        variable.Replace("DOTNET_", "", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal);

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
