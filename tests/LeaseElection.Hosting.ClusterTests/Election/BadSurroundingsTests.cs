using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>A namespace that is not there, a server that is not ours, a server that is gone.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class BadSurroundingsTests(ApiServerFixture fixture)
{
    private static readonly PolicyRule All = PolicyRule.Leases("get", "create", "update", "watch");

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task NamespaceThatDoesNotExist_IsNamedAndNothingLeads()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await Server.KubectlAsync(
            null, "create", "clusterrolebinding", "everywhere-" + leaseNamespace, "--clusterrole=cluster-admin", "--user=" + user.Name);
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, "no-such-namespace");
        await host.UntilAsync(status => status.LastError is not null);
        LogEntry warning = await host.Logs.WaitForAsync("StoreFailed");
        Assert.Contains("no-such-namespace", warning.Message, StringComparison.Ordinal);
        Assert.False(host.Election.IsLeader);
        Assert.Equal(HealthStatus.Degraded, (await host.HealthAsync()).Status);
    }

    [ApiServerFact]
    public async Task CertificateOfAnotherAuthority_IsRefused()
    {
        await using RealApiServer other = await RealApiServer.StartAsync(CancellationToken.None);
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await using ClusterHost host = await ClusterHost.StartAsync(
            Server, user, leaseNamespace, options => options.Kubernetes.CertificateAuthorityFile = other.CertificateAuthorityFile);
        LogEntry warning = await host.Logs.WaitForAsync("StoreFailed");
        Assert.Contains("certificate", warning.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Kubernetes:CertificateAuthorityFile", warning.Message, StringComparison.Ordinal);
        Assert.False(host.Election.IsLeader);
    }

    /// <summary>Its own server, since it is killed.</summary>
    [ApiServerFact]
    public async Task ServerThatDies_MakesNobodyUnhealthyAndSomebodyLeadsWhenItIsBack()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, All);
        static void Fast(LeaderElectionOptions options)
        {
            options.LeaseDuration = TimeSpan.FromSeconds(3);
            options.RenewDeadline = TimeSpan.FromSeconds(2);
            options.RetryPeriod = TimeSpan.FromMilliseconds(500);
        }

        await using ClusterHost leader = await ClusterHost.StartAsync(server, user, leaseNamespace, Fast);
        LeadershipTerm term = await leader.LeadsAsync();
        await using ClusterHost standby = await ClusterHost.StartAsync(server, user, leaseNamespace, Fast);
        await standby.UntilAsync(status => status.HolderIdentity == leader.Election.Identity);

        await server.KillAsync();
        await leader.UntilAsync(_ => !term.IsHeld);
        await standby.UntilAsync(status => status.LastError is not null);
        Assert.NotEqual(HealthStatus.Unhealthy, (await leader.HealthAsync()).Status);
        Assert.NotEqual(HealthStatus.Unhealthy, (await standby.HealthAsync()).Status);
        Assert.False(leader.Election.IsLeader || standby.Election.IsLeader);

        await server.RestartAsync();
        LeadershipTerm next = await await Task.WhenAny(leader.LeadsAsync(), standby.LeadsAsync());
        Assert.True(next.FencingToken > term.FencingToken);
    }
}
