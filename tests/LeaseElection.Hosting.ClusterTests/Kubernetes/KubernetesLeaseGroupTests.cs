using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>Groups of leases on a real API server: rights, paging, and what people do with kubectl.</summary>
[Collection(WaitingHosts.Name)]
public sealed class KubernetesLeaseGroupTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "a", LeaseDurationSeconds = 15, LeaseTransitions = 0 };

    [ApiServerFact]
    public async Task Label_TakenOffWithKubectl_GoneAndBackWithTheNextRenewal()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await using KubernetesLeases leases = Open(fixture.Server.AdminToken, space);
        ILeaseGroup group = leases.OpenGroup("orders");
        ILeaseStore store = group.Open("orders-0", LeaseTraits.None);
        Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default));
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        await fixture.Server.KubectlAsync(null, "label", "-n", space, "lease", "orders-0", $"{LeaseGroupName.Label}-");
        LeaseGroupEvent.Gone gone = await watch.NextAsync<LeaseGroupEvent.Gone>();
        Lease edited = Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;
        Assert.Empty((await ListAsync(group)).Leases);
        LeaseReply renewed = await store.ReplaceAsync(edited, Held with { LeaseTransitions = 1 }, Patience, default);

        Assert.Equal(("orders-0", edited.ResourceVersion), (gone.Name, gone.ResourceVersion));
        Assert.Equal(
            Assert.IsType<LeaseReply.Found>(renewed).Lease.ResourceVersion,
            (await watch.NextAsync<LeaseGroupEvent.Changed>()).Lease.ResourceVersion);
    }

    [ApiServerFact]
    public async Task Lease_MadeByKubectlWithoutLabel_GetsItWithTheFirstWriteAndKeepsItsOwn()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await fixture.Server.KubectlAsync(
            """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "orders-0", "labels": {"team": "books"}}}
            """,
            "apply", "-n", space, "-f", "-");
        await using KubernetesLeases leases = Open(fixture.Server.AdminToken, space);
        ILeaseGroup group = leases.OpenGroup("orders");
        ILeaseStore store = group.Open("orders-0", LeaseTraits.None);

        Assert.Empty((await ListAsync(group)).Leases);
        Lease made = Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(made, Held, Patience, default));

        Lease lease = Assert.Single((await ListAsync(group)).Leases).Value;
        Assert.Equal("books", lease.ReadLabels()["team"]);
        Assert.Contains("kubectl.kubernetes.io/last-applied-configuration", lease.ReadAnnotations().Keys);
    }

    [ApiServerFact]
    public async Task List_MoreThanTwoPages_AllOfThemAndNoOthers()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await using KubernetesLeases leases = Open(fixture.Server.AdminToken, space);
        ILeaseGroup group = leases.OpenGroup("orders");
        await Task.WhenAll(Enumerable.Range(0, 900).Select(async i =>
            Assert.IsType<LeaseReply.Found>(await group.Open($"orders-{i}", LeaseTraits.None).CreateAsync(Held, Patience, default))));
        await leases.Open("plain").CreateAsync(Held, Patience, default);

        Assert.Equal(900, (await ListAsync(group)).Leases.Count);
    }

    [ApiServerTheory]
    [InlineData("list")]
    [InlineData("watch")]
    [InlineData("get")]
    [InlineData("create")]
    [InlineData("update")]
    [InlineData("delete")]
    public async Task Right_Missing_IsNamedWithWhatToGrant(string verb)
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await using KubernetesLeases admin = Open(fixture.Server.AdminToken, space);
        Lease lease = Assert.IsType<LeaseReply.Found>(
            await admin.OpenGroup("orders").Open("orders-0", LeaseTraits.None).CreateAsync(Held, Patience, default)).Lease;
        string[] others = ["get", "list", "watch", "create", "update", "delete"];
        ApiServerUser user = await fixture.Server.CreateUserAsync(space, PolicyRule.Leases([.. others.Where(other => other != verb)]));
        await using KubernetesLeases leases = Open(user.Token, space);
        ILeaseGroup group = leases.OpenGroup("orders");
        ILeaseStore store = group.Open("orders-0", LeaseTraits.None);

        LeaseStoreError error = verb switch
        {
            "list" => Assert.IsType<LeaseGroupReply.Failed>(await group.ListAsync(Patience, default)).Error,
            "watch" => (await Assert.ThrowsAsync<LeaseWatchException>(
                async () => await group.WatchAsync(lease.ResourceVersion, default).GetAsyncEnumerator().MoveNextAsync())).Error,
            "get" => Failed(await store.ReadAsync(Patience, default)),
            "create" => Failed(await store.CreateAsync(Held, Patience, default)),
            "update" => Failed(await store.ReplaceAsync(lease, Held with { LeaseTransitions = 1 }, Patience, default)),
            _ => Failed(await group.DeleteAsync("orders-0", lease, Patience, default)),
        };

        Assert.Equal(LeaseStoreErrorKind.Forbidden, error.Kind);
        Assert.StartsWith($"Not allowed to {verb} leases.coordination.k8s.io", error.Message, StringComparison.Ordinal);
        Assert.Contains($"in namespace '{space}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("resources [leases], verbs [get, list, watch, create, update", error.Message, StringComparison.Ordinal);
    }

    private KubernetesLeases Open(string token, string space) => new(
        fixture.Server.ConnectAs(token), space, TimeProvider.System, NullLogger<KubernetesLeases>.Instance);

    private static LeaseStoreError Failed(LeaseReply reply) => Assert.IsType<LeaseReply.Failed>(reply).Error;

    private static async Task<LeaseGroupReply.Found> ListAsync(ILeaseGroup group) =>
        Assert.IsType<LeaseGroupReply.Found>(await group.ListAsync(Patience, default));
}
