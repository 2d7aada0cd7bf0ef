using LeaseElection.Hosting.Brokers;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>One process of several: a broker over leases in memory, in a collection of services and no host.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    public const string Section = "Locks";

    private readonly FakeStoreFactory _stores;

    public BrokerProcess(
        string identity, Func<string, FakeLeaseServer> serverOf, TimeProvider time, Action<LeaderElectionOptions>? configureAll = null)
    {
        _stores = new FakeStoreFactory(identity, serverOf);
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddKeyedSingleton(LeaderElectionOptions.TimeProviderKey, time);
        services.AddSingleton<IElectionStoreFactory>(_stores);
        services.AddLeaseBroker(Section);
        if (configureAll is not null)
            services.ConfigureAll(configureAll);
        Services = services.BuildServiceProvider();
    }

    public ServiceProvider Services { get; }

    public ListLoggerProvider Logs { get; } = new();

    public LeaseBroker Broker => Services.GetRequiredKeyedService<LeaseBroker>(Section);

    /// <summary>The connection to one lease, with faults on demand.</summary>
    public FakeLeaseStore StoreOf(string lease) => _stores.Store(lease);

    public Task<HeldLease?> TryAsync(string lease = "a", TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Broker.TryAcquireAsync(lease, timeout, cancellationToken).AsTask();

    /// <summary>Waits for as long as it takes.</summary>
    public Task<HeldLease?> WaitAsync(string lease = "a", CancellationToken cancellationToken = default) =>
        TryAsync(lease, Timeout.InfiniteTimeSpan, cancellationToken);

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
