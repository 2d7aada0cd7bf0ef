using System.Net;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>What goes over the wire.</summary>
public sealed class KubernetesLeaseStoreRequestTests : IAsyncLifetime
{
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task AnyRequest_Headers_SayWhoWeAreAndWantJson()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        await store.ReplaceAsync(lease, Held("a", 1), Patience, default);
        await store.ReadAsync(Patience, default);

        Assert.Equal(["create", "update", "get"], _server.Requests.Select(request => request.Verb));
        Assert.All(_server.Requests, request =>
        {
            Assert.Matches(@"^LeaseElection\.Hosting/\d+\.\d+\.\d+[^+]*$", request.Headers["User-Agent"]);
            Assert.Equal("application/json", request.Headers["Accept"]);
            Assert.Equal($"Bearer {FakeKubeApiServer.Token}", request.Headers["Authorization"]);
            Assert.Equal("HTTP/1.1", request.Protocol);
            Assert.DoesNotContain("traceparent", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        });
        Assert.All(
            _server.Requests.Where(r => r.Verb != "get"), request => Assert.Equal("application/json", request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task AnyRequest_Timeout_SentToTheServerToo()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        TimeSpan timeout = TimeSpan.FromSeconds(2.5);
        await store.CreateAsync(Held("a"), timeout, default);
        await store.ReadAsync(timeout, default);

        Assert.All(_server.Requests, request =>
        {
            string text = request.Query["timeout"].ToString();
            Assert.EndsWith("ms", text, StringComparison.Ordinal);
            // Never more than we wait ourselves: an abandoned write must not be carried out late.
            Assert.InRange(int.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture), 1, 2500);
        });
    }

    [Fact]
    public async Task Read_NoResourceVersionInTheQuery_SoItIsAQuorumRead()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();

        await store.ReadAsync(Patience, default);

        Assert.Equal(["timeout"], Assert.Single(_server.Requests).Query.Keys);
    }

    [Fact]
    public async Task Requests_OneAfterTheOther_ShareAConnection()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();

        for (int i = 0; i < 5; i++)
            await store.ReadAsync(Patience, default);

        Assert.Single(_server.Requests.DistinctBy(request => request.ConnectionId));
    }

    [Fact]
    public async Task Replace_EveryTime_CarriesUidAndResourceVersionButNoManagedFields()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        for (int renewal = 1; renewal <= 3; renewal++)
            lease = Found(await store.ReplaceAsync(lease, Held("a", renewal), Patience, default));

        Assert.Equal(
            ["1001", "1002", "1003"], Bodies("update").Select(body => (string?)body["metadata"]!["resourceVersion"]).OfType<string>());
        Assert.All(Bodies("update"), body =>
        {
            Assert.Equal(lease.Uid, (string?)body["metadata"]!["uid"]);
            Assert.Null(body["metadata"]!["managedFields"]);
            Assert.NotNull(body["metadata"]!["creationTimestamp"]);
        });
    }

    [Fact]
    public async Task Replace_LeaseWithoutDocument_StillCarriesUidAndResourceVersion()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();

        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease with { Document = null }, Held("a", 1), Patience, default));

        JsonObject metadata = (JsonObject)Assert.Single(Bodies("update"))["metadata"]!;
        Assert.Equal((lease.Uid, lease.ResourceVersion), ((string?)metadata["uid"], (string?)metadata["resourceVersion"]));
    }

    [Fact]
    public async Task Times_WholeSecond_SixDigits()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();

        await store.CreateLeaseAsync();

        Assert.Equal("2026-01-31T12:00:00.000000Z", (string?)Assert.Single(Bodies("create"))["spec"]!["renewTime"]);
    }

    [Fact]
    public async Task AnyRequest_ServerBehindAPath_PathIsKept()
    {
        await using FakeKubeApiServer gateway = await FakeKubeApiServer.StartAsync(pathBase: "/k8s/clusters/c-1");
        await using KubernetesLeaseStore store = new StoreSetup(gateway).Create();

        await store.CreateLeaseAsync();

        Assert.Equal(
            "/k8s/clusters/c-1/apis/coordination.k8s.io/v1/namespaces/default/leases", Assert.Single(gateway.Requests).Path);
        Assert.Equal($"lease default/settlement at https://127.0.0.1:{gateway.Url.Port}/k8s/clusters/c-1", store.Description);
    }

    [Fact]
    public async Task AnyRequest_IPv6Server_CertificateIsCheckedAndWorks()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync(IPAddress.IPv6Loopback);
        await using KubernetesLeaseStore store = new StoreSetup(server).Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        Assert.StartsWith("lease default/settlement at https://[::1]:", store.Description, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task AnyRequest_IPv6ServerWithAZone_Works()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync(IPAddress.IPv6Loopback);
        StoreSetup setup = new(server) { Url = new Uri($"https://[::1%251]:{server.Url.Port}"), TlsServerName = "localhost" };
        await using KubernetesLeaseStore store = setup.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    private IEnumerable<JsonObject> Bodies(string verb) =>
        _server.Requests.Where(request => request.Verb == verb).Select(request => (JsonObject)JsonNode.Parse(request.Body)!);
}
