using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>A real host whose elections are over leases in memory. Set it up until the first look at <see cref="Host"/>.</summary>
internal sealed class ElectionHost : IAsyncDisposable
{
    private readonly Lazy<IHost> _host;
    private readonly FakeStoreFactory _stores;

    public ElectionHost(FakeLeaseServer server, string identity = "me", TimeProvider? time = null, ILeaseStoreSource? leases = null)
        : this(_ => server, identity, time ?? server.Time, leases)
    {
    }

    public ElectionHost(Func<string, FakeLeaseServer> serverOf, string identity, TimeProvider time, ILeaseStoreSource? leases = null)
    {
        _stores = new FakeStoreFactory(identity, serverOf) { Leases = leases ?? new MemoryLeases("leases in memory") };
        Builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        Builder.Configuration["LeaderElection:LeaseName"] = "settlement";
        Builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        Builder.Services.AddKeyedSingleton(LeaderElectionOptions.TimeProviderKey, time);
        Builder.Services.AddSingleton<IElectionStoreFactory>(_stores);
        _host = new(Builder.Build);
    }

    public HostApplicationBuilder Builder { get; }

    public IServiceCollection Services => Builder.Services;

    public ListLoggerProvider Logs { get; } = new();

    public List<ILeadershipAnnouncer> Announcers => _stores.Announcers;

    /// <summary>It says where it runs when it leads, and looks there for others.</summary>
    public void ProvesDeaths(HolderProcess own, IPodSource pods) => _stores.Deaths = (own, pods);

    public FakeLeaseStore Store => _stores.Store();

    public IHost Host => _host.Value;

    public ILeaderElection Election => Host.Services.GetRequiredService<ILeaderElection>();

    public IHostApplicationLifetime Lifetime => Host.Services.GetRequiredService<IHostApplicationLifetime>();

    public LeaderElectionBuilder AddElection(Action<LeaderElectionOptions>? configure = null) =>
        Services.AddLeaderElection(configure ?? (_ => { }));

    public LeaderElectionBuilder AddElection(string name, Action<LeaderElectionOptions>? configure = null) =>
        Services.AddLeaderElection(name, configure ?? (_ => { }));

    public ILeaderElection Keyed(string name) => Host.Services.GetRequiredKeyedService<ILeaderElection>(name);

    public Task StartAsync() => Host.StartAsync().WaitAsync(Signal.Patience);

    public Task StopAsync() => Host.StopAsync().WaitAsync(Signal.Patience);

    public async Task<LeadershipTerm> StartAndLeadAsync()
    {
        await StartAsync();
        return await LeadAsync();
    }

    public Task<LeadershipTerm> LeadAsync() => Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);

    public async Task UntilStateAsync(LeaderElectionState state)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in Election.WatchAsync(patience.Token))
        {
            if (status.State == state)
                return;
        }

        Assert.Equal(state, Election.Status.State);
    }

    public async Task UntilHolderAsync(string identity)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in Election.WatchAsync(patience.Token))
        {
            if (status.HolderIdentity == identity)
                return;
        }
    }

    public async Task<HealthReportEntry> CheckHealthAsync(string name = "leader_election") =>
        (await CheckAllHealthAsync())[name];

    public async Task<IReadOnlyDictionary<string, HealthReportEntry>> CheckAllHealthAsync() =>
        (await Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries;

    public async ValueTask DisposeAsync()
    {
        if (!_host.IsValueCreated)
            return;
        await ((IAsyncDisposable)Host).DisposeAsync().AsTask().WaitAsync(Signal.Patience);
    }
}
