using LeaseElection.Hosting.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>A host that elects as the app says to KubernetesClient.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IHost _host;

    /// <param name="use">What the app writes.</param>
    /// <param name="settings">Of the section LeaderElection, each <c>key=value</c>.</param>
    /// <param name="environment">Of the host.</param>
    public ClientHost(Action<LeaderElectionBuilder> use, string[] settings, string environment = "Production")
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        string[] usual = ["LeaseName=settlement", "RenewInterval=00:00:00.5", $"File:Directory={_folder.Path}"];
        foreach (string[] setting in usual.Concat(settings).Select(setting => setting.Split('=', 2)))
            builder.Configuration["LeaderElection:" + setting[0]] = setting[1];
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Logs);
        use(builder.Services.AddLeaderElection());
        _host = builder.Build();
    }

    public ListLoggerProvider Logs { get; } = new();

    public IServiceProvider Services => _host.Services;

    public ILeaderElection Election => _host.Services.GetRequiredService<ILeaderElection>();

    /// <summary>Without those of a machine that was too busy to answer in time.</summary>
    public IEnumerable<LogEntry> Warnings =>
        Logs.Entries.Where(entry => entry.Level >= LogLevel.Warning && !SlowAnswer.IsTold(entry.Message));

    public Task StartAsync() => _host.StartAsync().WaitAsync(Signal.Patience);

    public Task StopAsync() => _host.StopAsync().WaitAsync(Signal.Patience);

    public async Task<LeadershipTerm> LeadsAsync()
    {
        await StartAsync();
        return await Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
    }

    /// <summary>Starts it, which is refused.</summary>
    /// <returns>Why.</returns>
    public async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<OptionsValidationException>(StartAsync)).Message;

    /// <summary>Waits until a renewal is confirmed that came after all those so far.</summary>
    public async Task RenewsAsync()
    {
        DateTimeOffset? last = Election.Status.RenewedAt;
        await Election.UntilAsync(status => status.RenewedAt > last, Signal.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        _folder.Dispose();
    }
}
