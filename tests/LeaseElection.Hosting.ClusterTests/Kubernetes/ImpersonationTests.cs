using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>Acting as somebody else, as an API server's own authorizer sees it.</summary>
[Collection(WaitingHosts.Name)]
public sealed class ImpersonationTests(ApiServerFixture fixture)
{
    private const string Group = "payments, north";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "a", LeaseDurationSeconds = 15, LeaseTransitions = 0 };

    /// <summary>The right comes by the last of three groups, with a comma in its name: each must arrive as one of its own.</summary>
    [ApiServerFact]
    public async Task Requests_AsAUserOfSeveralGroups_AllowedWhatAGroupIs()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await GrantToGroupAsync(space);
        await using KubernetesLeaseStore store = Open(fixture.Server.AdminToken, space, "staff", "system:authenticated", Group);

        // The authorizer learns of a Role through a watch.
        await Polling.UntilAsync(async () => await store.ReadAsync(Patience, default) is LeaseReply.Absent, Patience);
        Lease lease = Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default)).Lease;
        await using var watch = new WatchReader(store, lease.ResourceVersion, Patience);
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease, Held with { HolderIdentity = "b" }, Patience, default));

        await watch.NextAsync<LeaseEvent.Changed>();
    }

    [ApiServerFact]
    public async Task Requests_AsAUserWithoutTheGroup_RefusedByTheNameOfWhomTheyActAs()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await GrantToGroupAsync(space);
        await using KubernetesLeaseStore store = Open(fixture.Server.AdminToken, space, "staff");

        string message = Assert.IsType<LeaseReply.Failed>(await store.ReadAsync(Patience, default)).Error.Message;

        Assert.Contains("User \"jörg\" cannot get", message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task Requests_BySomebodyWhoMayNotActAsOthers_SaysWhichRightIsMissing()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(space, PolicyRule.Leases("get"));
        await using KubernetesLeaseStore store = Open(user.Token, space);

        string message = Assert.IsType<LeaseReply.Failed>(await store.ReadAsync(Patience, default)).Error.Message;

        Assert.Contains("Grant the verb impersonate", message, StringComparison.Ordinal);
    }

    private async Task GrantToGroupAsync(string space)
    {
        string rbac = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}";
        await fixture.Server.Admin.SendAsync(HttpMethod.Post, $"{rbac}/roles", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "elect" },
            ["rules"] = new JsonArray(PolicyRule.Leases("get", "create", "update", "watch").ToJson()),
        });
        await fixture.Server.Admin.SendAsync(HttpMethod.Post, $"{rbac}/rolebindings", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "elect" },
            ["subjects"] = new JsonArray(
                new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Group", ["name"] = Group }),
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = "elect" },
        });
    }

    private KubernetesLeaseStore Open(string token, string space, params string[] groups) => new(
        fixture.Server.ConnectAs(new ClusterUser
        {
            Token = TextSource.Inline("token", token),
            Impersonation = new Impersonation(
                "jörg", uid: null, groups, new Dictionary<string, IReadOnlyList<string>> { ["a/b"] = ["c", "d"] }),
        }),
        space, "settlement", TimeProvider.System, NullLogger<KubernetesLeaseStore>.Instance);
}
