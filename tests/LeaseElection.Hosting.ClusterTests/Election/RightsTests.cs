using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>Real RBAC: what the library does with each set of rights, and what it says about those it lacks.</summary>
[Collection(WaitingHosts.Name)]
public sealed class RightsTests(ApiServerFixture fixture)
{
    private const string Prepared = """{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "settlement"}}""";

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task WithoutWatch_TakesOverByPollingAndWarnsOnceNamingTheVerb()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update"));
        await using ClusterHost leader = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        await leader.LeadsAsync();
        await using ClusterHost standby = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        await standby.UntilAsync(status => status.HolderIdentity == leader.Election.Identity);
        await leader.StopAsync();
        await standby.LeadsAsync();

        LogEntry warning = Assert.Single(standby.Warnings);
        Assert.Equal("WatchDenied", warning.Id.Name);
        Assert.Contains("watch", warning.Message, StringComparison.Ordinal);
        Assert.Contains(leaseNamespace, warning.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task WithoutAnyRight_IsDegradedAndSaysSoOnceUntilTheRightComesBack()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace);
        await using ClusterHost host = await ClusterHost.StartAsync(
            Server, user, leaseNamespace, options => options.RetryPeriod = TimeSpan.FromMilliseconds(300));
        await host.UntilAsync(status => status.LastError is not null);
        HealthReportEntry health = await host.HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.False(host.Election.IsLeader);

        // Debug message 221 tells of the repetitions; three of them, so that a second warning would have come.
        await host.Logs.WaitForAsync("StoreFailedAgain");
        LogEntry warning = Assert.Single(host.Warnings);
        Assert.Equal("StoreFailed", warning.Id.Name);
        Assert.All(
            new[] { "get", "leases", "coordination.k8s.io", leaseNamespace, "settlement" },
            part => Assert.Contains(part, warning.Message, StringComparison.Ordinal));

        await Server.GrantAsync(user, leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        await host.LeadsAsync();
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync()).Status);
    }

    [ApiServerFact]
    public async Task GetAndUpdateOnOnePreparedName_IsEnough()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        await Server.KubectlAsync(
            Prepared, "apply", "-n", leaseNamespace, "-f", "-");
        ApiServerUser user = await Server.CreateUserAsync(
            leaseNamespace, PolicyRule.Leases("get", "update") with { ResourceNames = ["settlement"] });
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        await host.LeadsAsync();
    }

    [ApiServerFact]
    public async Task WatchOnOneName_IsPermittedByItsName()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        await Server.KubectlAsync(
            Prepared, "apply", "-n", leaseNamespace, "-f", "-");
        ApiServerUser user = await Server.CreateUserAsync(
            leaseNamespace, PolicyRule.Leases("get", "update", "watch") with { ResourceNames = ["settlement"] });
        await using ClusterHost leader = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        await leader.LeadsAsync();
        await using ClusterHost standby = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        await standby.UntilAsync(status => status.HolderIdentity == leader.Election.Identity);
        await leader.StopAsync();
        await standby.LeadsAsync();
        Assert.Empty(standby.Warnings);
    }
}
