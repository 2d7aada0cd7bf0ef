using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.AspNetCore.Tests;

#pragma warning disable ASPDEPR004, ASPDEPR008 // WebHost is obsolete, and what this is about: apps that were never moved from it.

/// <summary>The host from before the Generic Host: it starts and stops services, and tells them nothing else.</summary>
public sealed class WebHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("leaseelection-webhost-").FullName;
    private readonly ListLoggerProvider _logs = new();
    private readonly TaskCompletionSource<LeadershipTerm> _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task WebHost_StartedAndStopped_LeadsDrainsAndReleases()
    {
        using IWebHost host = Prepare(WebHost.CreateDefaultBuilder().UseUrls("http://127.0.0.1:0")).Build();
        await host.StartAsync();
        LeadershipTerm term = await _leads.Task.WaitAsync(Signal.Patience);
        Assert.True(term.IsHeld);
        Assert.Equal((HealthStatus.Healthy, "Leading."), await CheckAsync(host.Services));

        await host.StopAsync().WaitAsync(Signal.Patience);

        Assert.True(_drained.Task.IsCompleted);
        Assert.Single(_logs.Named("Standing"));
        Assert.Single(_logs.Named("Released"));
        Assert.DoesNotContain(
            _logs.Entries, entry => entry.Level >= LogLevel.Warning && entry.Message.Contains("lease", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TestServer_OverWebHostBuilder_LeadsAndReleasesWhenItIsDisposed()
    {
        using (var server = new TestServer(Prepare(new WebHostBuilder())))
        {
            await _leads.Task.WaitAsync(Signal.Patience);
            Assert.True(server.Services.GetRequiredService<ILeaderElection>().IsLeader);
        }

        Assert.True(_drained.Task.IsCompleted);
        Assert.Single(_logs.Named("Released"));
    }

    [Fact]
    public async Task WebHost_SettingsThatCannotWork_FailTheStart()
    {
        using IWebHost host = Prepare(new WebHostBuilder().UseServer(new TestServer(new ServiceCollection().BuildServiceProvider())))
            .UseSetting("LeaderElection:LeaseDuration", "00:15").Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("LeaderElection:LeaseDuration is \"00:15\"", exception.Message, StringComparison.Ordinal);
    }

    private IWebHostBuilder Prepare(IWebHostBuilder builder) => builder
        .UseSetting("LeaderElection:LeaseName", "settlement")
        .UseSetting("LeaderElection:LeaseNamespace", "shop")
        .UseSetting("LeaderElection:Store", "File")
        .UseSetting("LeaderElection:File:Directory", _folder)
        .ConfigureLogging(logging => logging.ClearProviders().AddProvider(_logs))
        .ConfigureServices(services => services.AddLeaderElection().AddWork(async (_, term, token) =>
        {
            _leads.SetResult(term);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _drained.SetResult();
        }))
        .Configure(_ => { });

    private static async Task<(HealthStatus Status, string? Description)> CheckAsync(IServiceProvider services)
    {
        HealthReport report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        HealthReportEntry entry = report.Entries["leader_election"];
        return (entry.Status, entry.Description);
    }
}
