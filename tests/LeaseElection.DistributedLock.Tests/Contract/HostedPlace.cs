using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Locks as an app has them: <c>AddLeaseLocks()</c> in a host of its own for each process.</summary>
internal abstract class HostedPlace : LockPlace
{
    private readonly List<IHost> _hosts = [];

    /// <summary>What our own code wrote at Warning or above.</summary>
    public ListLoggerProvider Logs { get; } = new();

    /// <summary>Where the leases are: settings of the section LeaseLocks.</summary>
    protected abstract IEnumerable<KeyValuePair<string, string?>> Settings { get; }

    /// <summary>The host is not started: locks are taken before it, too, for a migration of the database.</summary>
    public override LeaseLockProvider NewProvider()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Debug);
        KeyValuePair<string, string?>[] durations =
        [
            new("LeaseDuration", $"{LeaseDuration}"),
            new("RenewDeadline", $"{LeaseDuration * 0.75}"),
            new("RenewInterval", $"{ShortLease / 10}"), // How soon the holder sees that the lease was taken away.
            new("RetryPeriod", $"{TimeSpan.FromSeconds(0.5)}"),
        ];
        foreach ((string key, string? value) in durations.Concat(Settings))
            builder.Configuration["LeaseLocks:" + key] = value;
        builder.Services.AddLeaseLocks();
        IHost host = builder.Build();
        _hosts.Add(host);
        return host.Services.GetRequiredService<LeaseLockProvider>();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (IHost host in _hosts)
            await ((IAsyncDisposable)host).DisposeAsync();
    }
}
