using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// Two whole hosts and an API server that answers garbage most of the time. They lead only for as long as a confirmed write of theirs
/// allows, never break, and one of them leads once the server is well.
/// </summary>
public sealed class HostFuzzTests(ITestOutputHelper output) : IDisposable
{
    // Work has to stop within what is left of it after the deadline, on a busy machine too: its host would stop itself.
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(4);

    // A pause that the server asked for (a lease at most), a foreign holder's lease, a silent watch; the rest is for a busy machine.
    private static readonly TimeSpan Recovery = (LeaseDuration * 3) + TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Election_ServerAnswersGarbage_LeadsOnlyByConfirmedWritesAndRecovers()
    {
        using var unobserved = new UnobservedExceptions();
        await FuzzRun.EachSeedAsync(output, seeds: 12, atOnce: 6, RunAsync);
        Assert.Empty(unobserved.Collect());
    }

    private async Task RunAsync(FuzzWorld world)
    {
        await using var server = new FlippingApiServer(world);
        using var logs = new ListLoggerProvider();
        string[] identities = ["a", "b"];
        List<IHost> hosts = [.. identities.Select(identity => Build(server, identity, logs, world.Seed))];
        try
        {
            await Task.WhenAll(hosts.Select(host => host.StartAsync())).WaitAsync(Signal.Patience);
            ILeaderElection[] elections = [.. hosts.Select(host => host.Services.GetRequiredService<ILeaderElection>())];
            foreach (int garbage in (int[])[world.Random.Next(30, 100), world.Random.Next(100), 100])
            {
                server.Garbage = garbage;
                await WatchAsync(server, elections, Trouble / 3);
            }

            server.Garbage = 0;
            using var patience = new CancellationTokenSource(Recovery);
            Task<LeadershipTerm> led = await Task.WhenAny(elections.Select(election => election.WaitForLeadershipAsync(patience.Token)));
            Assert.True(led.IsCompletedSuccessfully, $"Nobody leads: {string.Join("; ", elections.Select(election => election.Status))}");
            await WatchAsync(server, elections, Trouble / 8);
            foreach (IHost host in hosts)
            {
                HealthReport health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
                Assert.True(
                    health.Status != HealthStatus.Unhealthy, string.Join("; ", health.Entries.Values.Select(entry => entry.Description)));
            }
            await Task.WhenAll(hosts.Select(host => host.StopAsync())).WaitAsync(Signal.Patience);
        }
        finally
        {
            hosts.ForEach(host => host.Dispose());
        }

        Assert.Empty(logs.Named("LoopFailed"));
        Assert.Empty(logs.Named("StoreThrew"));
    }

    private static async Task WatchAsync(FlippingApiServer server, ILeaderElection[] elections, TimeSpan time)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < time)
        {
            foreach (ILeaderElection election in elections)
            {
                // In this order: what is true now was true then.
                long now = TimeProvider.System.GetTimestamp();
                if (!election.IsLeader)
                    continue;
                long confirmed = server.LastConfirmed(election.Identity);
                Assert.True(confirmed != 0, $"{election.Identity} leads, and was never told that it may.");
                TimeSpan since = TimeProvider.System.GetElapsedTime(confirmed, now);
                Assert.True(since < RenewDeadline, $"{election.Identity} leads {since} after its last confirmed write.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }

    private IHost Build(FlippingApiServer server, string identity, ListLoggerProvider logs, int seed)
    {
        string token = Path.Combine(_folder.Path, $"{seed}-{identity}-token");
        string authority = Path.Combine(_folder.Path, $"{seed}-{identity}-ca");
        File.WriteAllText(token, "c0nfidential");
        File.WriteAllText(authority, server.Raw.AuthorityPem);
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LeaderElection:LeaseName"] = LeaseOracle.Name,
            ["LeaderElection:LeaseNamespace"] = LeaseOracle.Namespace,
            ["LeaderElection:Identity"] = identity,
            ["LeaderElection:LeaseDuration"] = LeaseDuration.ToString(),
            ["LeaderElection:RenewDeadline"] = RenewDeadline.ToString(),
            ["LeaderElection:RenewInterval"] = "00:00:00.3",
            ["LeaderElection:RetryPeriod"] = "00:00:00.3",
            ["LeaderElection:Kubernetes:ApiServer"] = server.Raw.Url.ToString(),
            ["LeaderElection:Kubernetes:TokenFile"] = token,
            ["LeaderElection:Kubernetes:CertificateAuthorityFile"] = authority,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(logs);
        builder.Services.AddSingleton(TestEnvironment.With());
        builder.Services.AddLeaderElection().AddWork((_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        return builder.Build();
    }
}
