using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>
/// The Pod that a presence Lease belongs to, where the API server guards owners, as OpenShift's does: who may not delete a Lease may say
/// whose it is when it is created, and never later.
/// </summary>
[Collection(WaitingHosts.Name)]
public sealed class LeaseOwnerTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly LeaseTraits Traits = new()
    {
        Labels = new Dictionary<string, string> { ["leaseelection.dev/members-of"] = "orders" },
        Owner = new PodReference("pod-1", "9d3c1c2e-4a0b-4a53-8f5e-0c8e6f3f2b11"),
    };

    private static readonly LeaseRecord Held = new()
    {
        HolderIdentity = "a",
        LeaseDurationSeconds = 40,
        AcquireTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        LeaseTransitions = 0,
    };

    [ApiServerFact]
    public async Task Owner_WithoutTheRightToDelete_IsSetByCreation()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await using KubernetesLeases leases = await OpenAsync(space);
        ILeaseStore store = leases.OpenGroup("orders").Open("presence", Traits);

        Lease created = Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default)).Lease;
        await RenewAsync(store, created);

        JsonNode owner = (await fixture.Server.Admin.SendAsync(HttpMethod.Get, PathIn(space)))["metadata"]!["ownerReferences"]![0]!;
        Assert.Equal(("v1", "Pod", "pod-1"), ((string?)owner["apiVersion"], (string?)owner["kind"], (string?)owner["name"]));
        Assert.Equal(Traits.Owner!.Uid, (string?)owner["uid"]);
        Assert.Null(owner["blockOwnerDeletion"]);
    }

    /// <summary><c>kubectl delete pod --cascade=orphan</c> takes it away while the Pod still drains: that ends no presence.</summary>
    [ApiServerFact]
    public async Task Owner_TakenAway_RenewalsGoOnWithoutIt()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await using KubernetesLeases leases = await OpenAsync(space);
        ILeaseStore store = leases.OpenGroup("orders").Open("presence", Traits);
        await store.CreateAsync(Held, Patience, default);
        JsonObject orphan = await fixture.Server.Admin.SendAsync(HttpMethod.Get, PathIn(space));
        orphan["metadata"]!.AsObject().Remove("ownerReferences");
        orphan["metadata"]!.AsObject().Remove("labels");
        await fixture.Server.Admin.SendAsync(HttpMethod.Put, PathIn(space), orphan);

        await RenewAsync(store, Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease);

        JsonObject renewed = await fixture.Server.Admin.SendAsync(HttpMethod.Get, PathIn(space));
        Assert.Null(renewed["metadata"]!["ownerReferences"]);
        Assert.Equal("orders", (string?)renewed["metadata"]!["labels"]!["leaseelection.dev/members-of"]);
    }

    private static async Task RenewAsync(ILeaseStore store, Lease lease)
    {
        LeaseReply reply = await store.ReplaceAsync(
            lease, Held with { RenewTime = Held.RenewTime!.Value.AddSeconds(10) }, Patience, default);
        Assert.True(reply is LeaseReply.Found, (reply as LeaseReply.Failed)?.Error.Message);
    }

    /// <summary>With the rights of a member, and no more.</summary>
    private async Task<KubernetesLeases> OpenAsync(string space)
    {
        ApiServerUser user = await fixture.Server.CreateUserAsync(space, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        KubernetesConnection connection = fixture.Server.ConnectAs(new ClusterUser { Token = TextSource.FromFile(user.TokenFile) });
        return new KubernetesLeases(connection, space, TimeProvider.System, NullLogger<KubernetesLeases>.Instance);
    }

    private static string PathIn(string space) => $"/apis/coordination.k8s.io/v1/namespaces/{space}/leases/presence";
}
