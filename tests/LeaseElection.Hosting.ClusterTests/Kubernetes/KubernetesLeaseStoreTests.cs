using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>The answers of a real API server that the store tells apart by their Status bodies.</summary>
[Collection(WaitingHosts.Name)]
public sealed class KubernetesLeaseStoreTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly LeaseRecord Held = new()
    {
        HolderIdentity = "a",
        LeaseDurationSeconds = 15,
        AcquireTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        LeaseTransitions = 0,
    };

    [ApiServerFact]
    public async Task Namespace_Missing_ReadSaysAbsentAndCreateNamesIt()
    {
        await using KubernetesLeaseStore store = Open(fixture.Server.AdminToken, "nowhere");

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        LeaseStoreError error = Failed(await store.CreateAsync(Held, Patience, default));

        Assert.Equal(LeaseStoreErrorKind.NotFound, error.Kind);
        Assert.Contains("'nowhere' does not exist", error.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task Right_Missing_EachVerbIsNamed()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(space, PolicyRule.Leases("get"));
        await using KubernetesLeaseStore admin = Open(fixture.Server.AdminToken, space);
        Lease lease = Assert.IsType<LeaseReply.Found>(await admin.CreateAsync(Held, Patience, default)).Lease;
        await using KubernetesLeaseStore store = Open(user.Token, space);

        Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default));
        LeaseStoreError create = Failed(await store.CreateAsync(Held, Patience, default));
        LeaseStoreError update = Failed(await store.ReplaceAsync(lease, Held, Patience, default));
        await using var watch = new WatchReader(store, lease.ResourceVersion, Patience);
        LeaseStoreError watching = (await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync)).Error;

        (LeaseStoreError, string)[] refused = [(create, "create"), (update, "update"), (watching, "watch")];
        foreach ((LeaseStoreError error, string verb) in refused)
        {
            Assert.Equal(LeaseStoreErrorKind.Forbidden, error.Kind);
            Assert.Contains(
                $"Not allowed to {verb} leases.coordination.k8s.io 'settlement' in namespace '{space}'", error.Message,
                StringComparison.Ordinal);
        }
    }

    [ApiServerFact]
    public async Task Right_WatchLimitedByName_IsEnough()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(
            space, PolicyRule.Leases("create"), PolicyRule.Leases("get", "update", "watch") with { ResourceNames = ["settlement"] });
        await using KubernetesLeaseStore store = Open(user.Token, space);
        Lease lease = Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default)).Lease;
        await using var watch = new WatchReader(store, lease.ResourceVersion, Patience);

        await store.ReplaceAsync(lease, Held with { RenewTime = Held.RenewTime!.Value.AddSeconds(1) }, Patience, default);

        await watch.NextAsync<LeaseEvent.Changed>();
    }

    [ApiServerFact]
    public async Task Token_Unknown_Unauthorized()
    {
        await using KubernetesLeaseStore store = Open("nobody-knows-this", "default");

        LeaseStoreError error = Failed(await store.ReadAsync(Patience, default));

        Assert.Equal(LeaseStoreErrorKind.Unauthorized, error.Kind);
    }

    [ApiServerFact]
    public async Task Record_AgainstTheRules_RejectedInTheServersWords()
    {
        await using KubernetesLeaseStore store = Open(fixture.Server.AdminToken, await fixture.Server.CreateNamespaceAsync());

        LeaseStoreError error = Failed(await store.CreateAsync(Held with { LeaseDurationSeconds = 0 }, Patience, default));

        Assert.Equal(LeaseStoreErrorKind.Rejected, error.Kind);
        Assert.Contains("leaseDurationSeconds", error.Message, StringComparison.Ordinal);
    }

    private static LeaseStoreError Failed(LeaseReply reply)
    {
        Assert.True(reply is LeaseReply.Failed, $"Failed expected, not {reply}");
        return ((LeaseReply.Failed)reply).Error;
    }

    private KubernetesLeaseStore Open(string token, string space) => new(
        fixture.Server.ConnectAs(token), space, "settlement", TimeProvider.System, NullLogger<KubernetesLeaseStore>.Instance);
}
