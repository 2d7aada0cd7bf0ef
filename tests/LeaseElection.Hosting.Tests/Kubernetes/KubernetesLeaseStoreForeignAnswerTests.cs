using System.Globalization;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// Answers that are a valid Lease, but not the one that was asked for or written: of a cache, of a gateway that mixes its upstreams up.
/// Each of these was once taken for an answer.
/// </summary>
public sealed class KubernetesLeaseStoreForeignAnswerTests : IAsyncLifetime
{
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Create_AnsweredWithAnotherHoldersLease_UnknownAndNotOurs()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Answer("create", 201, LeaseOf(Held("somebody else")));

        Unknown(LeaseStoreErrorKind.InvalidResponse, await store.CreateAsync(Held("me"), Patience, default));
    }

    [Fact]
    public async Task Replace_AnsweredWithTheVersionBefore_UnknownAndNotRenewed()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync("me");
        Answer("update", 200, _server.Leases.Get(StoreSetup.Namespace, "settlement").ToJsonString());

        Unknown(LeaseStoreErrorKind.InvalidResponse, await store.ReplaceAsync(lease, Held("me", renewals: 1), Patience, default));
    }

    [Fact]
    public async Task Replace_AnsweredWithAnotherUid_Unknown()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync("me");
        Answer("update", 200, LeaseOf(Held("me", renewals: 1), uid: "another"));

        Unknown(LeaseStoreErrorKind.InvalidResponse, await store.ReplaceAsync(lease, Held("me", renewals: 1), Patience, default));
    }

    [Theory]
    [InlineData("kube-system", "coordination.k8s.io/v1")]
    [InlineData("default", "example.com/v1")]
    public async Task Read_LeaseOfAnotherNamespaceOrApi_Failed(string leaseNamespace, string apiVersion)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Answer("get", 200, LeaseOf(Held("a"), leaseNamespace: leaseNamespace, apiVersion: apiVersion));

        Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Replace_LeaseHoldsHalfACharacter_FailedWithoutThrowing()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Answer("get", 200, LeaseOf(Held("a")).Replace("\"spec\": {", "\"spec\": { \"strategy\": \"\\ud800\",", StringComparison.Ordinal));
        Lease lease = Found(await store.ReadAsync(Patience, default));

        Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReplaceAsync(lease, Held("me"), Patience, default));
    }

    [Theory]
    [InlineData("\"uid\": \"u\"", "\"uid\": \"\"")]
    [InlineData("\"resourceVersion\": \"4711\"", "\"resourceVersion\": \"\"")]
    [InlineData("\"kind\": \"Lease\"", "\"kind\": \"ConfigMap\"")]
    public async Task Watch_EventAboutSomethingThatIsNoLease_Breaks(string good, string bad)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        string lease = LeaseOf(Held("a")).Replace(good, bad, StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        Answer("watch", 200, $$"""{"type":"MODIFIED","object":{{lease}}}""" + "\n");

        await using var watch = new LeaseElection.Testing.Contracts.LeaseWatchReader(store, "1", Patience);
        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);

        Assert.Equal(LeaseStoreErrorKind.InvalidResponse, broken.Error.Kind);
    }

    [Fact]
    public async Task Watch_TwoEventsInALine_Breaks()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        string told = $$"""{"type":"MODIFIED","object":{{LeaseOf(Held("a")).Replace("\n", "", StringComparison.Ordinal)}}}""";
        Answer("watch", 200, told + told + "\n");

        await using var watch = new LeaseElection.Testing.Contracts.LeaseWatchReader(store, "1", Patience);

        await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);
    }

    private void Answer(string verb, int status, string body) =>
        _server.Faults.Add(new Fault { Verb = verb, Kind = FaultKind.Answer, Status = status, Body = body });

    private static string LeaseOf(
        LeaseRecord record, string uid = "u", string leaseNamespace = "default",
        string apiVersion = "coordination.k8s.io/v1") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {
          "kind": "Lease", "apiVersion": "{{apiVersion}}",
          "metadata": { "name": "settlement", "namespace": "{{leaseNamespace}}", "uid": "{{uid}}", "resourceVersion": "4711" },
          "spec": {
            "holderIdentity": "{{record.HolderIdentity}}", "leaseDurationSeconds": {{record.LeaseDurationSeconds}},
            "acquireTime": "{{record.AcquireTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}}", "renewTime": "{{record.RenewTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}}",
            "leaseTransitions": {{record.LeaseTransitions}}
          }
        }
        """);
}
