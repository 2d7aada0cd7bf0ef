using LeaseElection.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>A host of an app under test, with the election that the kit fakes.</summary>
internal sealed class FakeReplica : IAsyncDisposable
{
    private readonly IHost _host;

    private FakeReplica(IHost host, FakeLeaderElection election) => (_host, Fake) = (host, election);

    public FakeLeaderElection Fake { get; }

    public ILeaderElection Election => Fake.Election;

    public IServiceProvider Services => _host.Services;

    public static Task<FakeReplica> StartAsync(
        FencedWork work, InMemoryLeases? leases = null, string? identity = null, ILoggerProvider? log = null) =>
        StartAsync((_, term, token) => work.RunAsync(term, token), leases, identity, log);

    public static Task<FakeReplica> StartAsync(
        Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> work, InMemoryLeases? leases = null, string? identity = null,
        ILoggerProvider? log = null)
    {
        HostApplicationBuilder builder = NewBuilder();
        if (log is not null)
            builder.Logging.AddProvider(log);
        builder.Services.AddLeaderElection(options =>
        {
            options.LeaseName = "app";
            options.Identity = identity;
        }).AddWork(work);
        return StartAsync(builder, builder.Services.AddFakeLeaderElection(leases ?? new InMemoryLeases()));
    }

    public static async Task<FakeReplica> StartAsync(HostApplicationBuilder builder, FakeLeaderElection fake)
    {
        // Who expects a timeout says so afterwards.
        if (fake.Patience < Signal.Patience)
            fake.Patience = Signal.Patience;
        var replica = new FakeReplica(builder.Build(), fake);
        await replica._host.StartAsync();
        return replica;
    }

    /// <summary>No files of the checkout, no log on the console.</summary>
    public static HostApplicationBuilder NewBuilder(string environment = "Production", params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        return builder;
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
