using System.Text.Json.Nodes;
using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Announcing;

/// <summary>Events on the Lease as kubectl shows them, with a Role that has exactly the rights that docs/kubernetes.md lists.</summary>
[Collection(WaitingHosts.Name)]
public sealed class LeaseEventsTests(ApiServerFixture fixture)
{
    private static readonly PolicyRule Leases = PolicyRule.Leases("get", "create", "update", "watch");
    private static readonly PolicyRule Events = new("", "events", "create");

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task TermsOfTwoHosts_AreShownByKubectlInTheirOrder()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, Leases, Events);
        await using ClusterHost first = await StartAsync(user, leaseNamespace);
        await first.LeadsAsync();
        await using ClusterHost second = await StartAsync(user, leaseNamespace);
        await second.UntilAsync(status => status.HolderIdentity == first.Election.Identity);
        await first.Election.StepDownAsync();
        await second.LeadsAsync();

        // At the stop of a host there is a second left to tell of it, and of what was not told yet.
        await first.Logs.WaitForAsync("EventPublished", count: 2);
        await second.Logs.WaitForAsync("EventPublished");
        await first.StopAsync(); // Not to lead once more.
        await second.StopAsync();

        string[] expected =
        [
            $"{first.Election.Identity} became leader",
            $"{first.Election.Identity} stopped leading: released (StepDown)",
            $"{second.Election.Identity} became leader",
            $"{second.Election.Identity} stopped leading: released (ShutDown)",
        ];
        string described = await Server.KubectlAsync(null, "describe", "lease", "settlement", "-n", leaseNamespace);
        string listed = await Server.KubectlAsync(null, "get", "events", "-n", leaseNamespace);
        Assert.All(expected, line => Assert.Contains(line, described, StringComparison.Ordinal));
        Assert.All(expected, line => Assert.Contains(line, listed, StringComparison.Ordinal));
        Assert.Contains("lease/settlement", listed, StringComparison.Ordinal);

        JsonNode[] events = await EventsAsync(leaseNamespace);
        string uid = await Server.KubectlAsync(null, "get", "lease", "settlement", "-n", leaseNamespace, "-o", "jsonpath={.metadata.uid}");
        Assert.All(events, told =>
        {
            Assert.Equal("Normal", (string?)told["type"]);
            Assert.Equal("LeaderElection", (string?)told["reason"]);
            Assert.Equal(uid, (string?)told["involvedObject"]!["uid"]);
            Assert.NotEqual(0, int.Parse((string)told["involvedObject"]!["resourceVersion"]!, null));
            Assert.Equal("leaseelection.dev/hosting", (string?)told["reportingComponent"]);
        });

        // The first tells of its end when it knows of its release, while the second begins: only each one's own order is fixed.
        string[] told =
        [
            .. events.OrderBy(told => (string?)told["eventTime"], StringComparer.Ordinal).Select(told => (string)told["message"]!)
        ];
        Assert.Equal(expected.Order(), told.Order());
        Assert.All(
            [first.Election.Identity, second.Election.Identity],
            identity => Assert.Equal(
                expected.Where(line => line.StartsWith(identity, StringComparison.Ordinal)),
                told.Where(line => line.StartsWith(identity, StringComparison.Ordinal))));
        Assert.Empty(first.Warnings);
        Assert.Empty(second.Warnings);
    }

    [ApiServerFact]
    public async Task WithoutTheRight_LeadsAndHandsOverAndWarnsOnceNamingIt()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, Leases);
        await using ClusterHost host = await StartAsync(user, leaseNamespace);
        await host.LeadsAsync();
        await host.Election.StepDownAsync();
        await host.LeadsAsync();
        await host.StopAsync();

        await host.Logs.WaitForAsync("EventNotPublishedAgain");
        string warning = Assert.Single(host.Warnings).Message;
        Assert.All(
            ["create", "events", "403", $"'{leaseNamespace}'", "apiGroups [\"\"]"],
            part => Assert.Contains(part, warning, StringComparison.Ordinal));
        Assert.Empty(await EventsAsync(leaseNamespace));
    }

    private Task<ClusterHost> StartAsync(ApiServerUser user, string leaseNamespace) =>
        ClusterHost.StartAsync(Server, user, leaseNamespace, options => options.Kubernetes.PublishEvents = true);

    private async Task<JsonNode[]> EventsAsync(string leaseNamespace)
    {
        string json = await Server.KubectlAsync(null, "get", "events", "-n", leaseNamespace, "-o", "json");
        return [.. JsonNode.Parse(json)!["items"]!.AsArray().Select(told => told!)];
    }
}
