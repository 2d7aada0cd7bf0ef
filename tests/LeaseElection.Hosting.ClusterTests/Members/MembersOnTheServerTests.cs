using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.ClusterTests.Members;

/// <summary>What members keep on a real API server, and what they say about the rights they lack.</summary>
[Collection(WaitingHosts.Name)]
public sealed class MembersOnTheServerTests(ApiServerFixture fixture)
{
    private static readonly string[] All = ["get", "list", "watch", "create", "update", "delete"];

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task Presence_IsALeaseWithItsLabel_AndGoesWithItsProcess()
    {
        (string leaseNamespace, ApiServerUser user) = await PrepareAsync(All);
        ClusterHost host = await StartAsync(user, leaseNamespace);
        await host.LeadsAsync();
        await Polling.UntilAsync(async () => (await PresencesAsync(leaseNamespace)).Length == 1, TimeSpan.FromSeconds(30));

        await host.DisposeAsync();

        // A busy machine may need more than the second that there is for it: that is told, and the presence left to the leader.
        if (!host.Logs.Named("PresenceNotDeleted").Any(entry => SlowAnswer.IsTold(entry.Message)))
        {
            await Polling.UntilAsync(
                async () => (await PresencesAsync(leaseNamespace)).Length == 0, TimeSpan.FromSeconds(30), what: "no presence to be left");
        }

        Assert.Contains(
            "settlement", await Server.KubectlAsync(null, "get", "leases", "-n", leaseNamespace, "-o", "name"), StringComparison.Ordinal);
    }

    /// <summary>Each missing right costs what it is for, and one line that names it. The election goes on as ever.</summary>
    [ApiServerTheory]
    [InlineData("list", "GroupListFailed")]
    [InlineData("watch", "GroupWatchDenied")]
    [InlineData("create", "PresenceNotWritten")]
    [InlineData("update", "PresenceNotWritten")]
    [InlineData("delete", null)]
    [InlineData("get", null)]
    public async Task WithoutOneRight_OneWarningNamesIt_AndTheElectionGoesOn(string missing, string? warning)
    {
        // What the election itself needs it has, on the one name.
        string leaseNamespace = await Server.CreateNamespaceAsync();
        await Server.KubectlAsync(
            """{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "settlement"}}""",
            "apply", "-n", leaseNamespace, "-f", "-");
        ApiServerUser user = await Server.CreateUserAsync(
            leaseNamespace,
            PolicyRule.Leases("get", "update", "watch") with { ResourceNames = ["settlement"] },
            PolicyRule.Leases([.. All.Where(verb => verb != missing)]));
        await using ClusterHost host = await StartAsync(user, leaseNamespace);
        await host.LeadsAsync();

        if (warning is null)
        {
            await Polling.UntilAsync(async () => (await PresencesAsync(leaseNamespace)).Length == 1, TimeSpan.FromSeconds(30));
            Assert.Empty(host.Warnings);
        }
        else
        {
            LogEntry told = await host.Logs.WaitForAsync(warning, entry => !SlowAnswer.IsTold(entry.Message));
            Assert.Contains($"{missing}", told.Message, StringComparison.Ordinal);
            Assert.Contains(leaseNamespace, told.Message, StringComparison.Ordinal);
            Assert.Single(host.Warnings);
        }

        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync()).Status);
        Assert.True(host.Election.IsLeader);
    }

    private async Task<(string LeaseNamespace, ApiServerUser User)> PrepareAsync(string[] verbs)
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        return (leaseNamespace, await Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases(verbs)));
    }

    /// <summary>With a lease of members of which each of their requests has two seconds, and that is soon renewed.</summary>
    private Task<ClusterHost> StartAsync(ApiServerUser user, string leaseNamespace) => ClusterHost.StartAsync(
        Server,
        user,
        leaseNamespace,
        options => options.Members.LeaseDuration = TimeSpan.FromSeconds(10),
        election => election.AddMembers());

    private async Task<string[]> PresencesAsync(string leaseNamespace) =>
        (await Server.KubectlAsync(
            null, "get", "leases", "-n", leaseNamespace, "-l", "leaseelection.dev/members-of=settlement", "-o", "name"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
