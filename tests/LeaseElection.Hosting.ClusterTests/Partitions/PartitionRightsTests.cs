using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Hosting.ClusterTests.Faults;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>Real RBAC: what becomes of partitioned work where one right is missing, and what is said of it.</summary>
[Collection(WaitingHosts.Name)]
public sealed class PartitionRightsTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private const int Count = 3;

    private static readonly string[] All = ["get", "list", "watch", "create", "update"];

    /// <summary>Without it nobody sees the others, or is seen, or can keep a lease: no work rather than work twice.</summary>
    [ApiServerTheory]
    [InlineData("list", "GroupListFailed")]
    [InlineData("create", "PresenceNotWritten")]
    public async Task WithoutTheRight_NothingIsWorkedOn_UntilItIsGranted(string missing, string told)
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(
            leaseNamespace, PolicyRule.Leases([.. All.Where(verb => verb != missing)]));
        int running = 0;
        var time = new BentTimeProvider { TimerFactor = 0.05 };
        await using ClusterHost host = await StartAsync(user, leaseNamespace, delta => Interlocked.Add(ref running, delta), time);

        // Timers that fire early leave a request an eighth of a second, the first handshake with it: it may be told of a time-out first.
        LogEntry line = await host.Logs.WaitForAsync(told, entry => !SlowAnswer.IsTold(entry.Message));
        output.WriteLine($"without {missing}: {line.Message}");
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains(missing, line.Message, StringComparison.Ordinal);
        Assert.Equal(0, running);

        // What was refused is asked for again a minute later, which passes at once: the next of the timers that fire early finds it over.
        await fixture.Server.GrantAsync(user, leaseNamespace, PolicyRule.Leases(All));
        time.Suspend(TimeSpan.FromMinutes(1));
        await Polling.UntilAsync(() => Task.FromResult(Volatile.Read(ref running) == Count), TimeSpan.FromSeconds(90), what: "work");
    }

    [ApiServerFact]
    public async Task WithoutWatch_AllIsWorkedOnByPolling()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "create", "update"));
        int running = 0;
        await using ClusterHost host = await StartAsync(user, leaseNamespace, delta => Interlocked.Add(ref running, delta));

        await Polling.UntilAsync(() => Task.FromResult(Volatile.Read(ref running) == Count), TimeSpan.FromSeconds(60), what: "work");

        LogEntry line = await host.Logs.WaitForAsync("GroupWatchDenied");
        output.WriteLine($"without watch: {line.Message}");
        Assert.Contains("watch", line.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task WithoutUpdate_WorkEndsWithItsLeaseAndTheLineNamesTheRight()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create"));
        int running = 0;
        await using ClusterHost host = await StartAsync(user, leaseNamespace, delta => Interlocked.Add(ref running, delta));

        LogEntry line = await host.Logs.WaitForAsync("RenewalFailed", entry => !SlowAnswer.IsTold(entry.Message));
        output.WriteLine($"without update: {line.Message}");
        Assert.Contains("update", line.Message, StringComparison.Ordinal);
        await Polling.UntilAsync(() => Task.FromResult(Volatile.Read(ref running) == 0), TimeSpan.FromSeconds(60), what: "no work");
    }

    private Task<ClusterHost> StartAsync(
        ApiServerUser user, string leaseNamespace, Action<int> running, TimeProvider? time = null) => ClusterHost.StartAsync(
        fixture.Server,
        user,
        leaseNamespace,
        options => options.RetryPeriod = TimeSpan.FromMilliseconds(500),
        election =>
        {
            election.Services.AddKeyedSingleton(LeaderElectionOptions.TimeProviderKey, time ?? TimeProvider.System);
            election.AddPartitionedWork(
                async (_, _, _, token) =>
                {
                    running(1);
                    await Task.Delay(
                        Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    running(-1);
                },
                Count);
        });
}
