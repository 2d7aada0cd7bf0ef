using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>What a group says and understands on the wire, beyond the contract of all stores.</summary>
public sealed class KubernetesLeaseGroupTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;
    private KubernetesLeases _leases = null!;
    private ILeaseGroup _group = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _leases = new StoreSetup(_server) { Time = _time }.CreateSource();
        _group = _leases.OpenGroup("orders");
    }

    public async Task DisposeAsync()
    {
        await _leases.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task List_ThreeThousandLeases_AllInPages()
    {
        for (int i = 0; i < 3000; i++)
            _server.Leases.Create(StoreSetup.Namespace, LeaseOf($"orders-{i}"));

        LeaseGroupReply.Found found = await ListAsync();

        Assert.Equal(3000, found.Leases.Count);
        Assert.Equal(_server.Leases.Version.ToString(CultureInfo.InvariantCulture), found.ResourceVersion);
        Assert.Equal(8, _server.Requests.Count);
        Assert.All(_server.Requests, request => Assert.Equal("400", request.Query["limit"].ToString()));
    }

    [Fact]
    public async Task List_Request_AsksForTheNewestOfTheLabel()
    {
        await ListAsync();

        RecordedRequest request = Assert.Single(_server.Requests);
        Assert.Equal("leaseelection.dev/group=orders", request.Query["labelSelector"].ToString());
        Assert.Equal(["labelSelector", "limit", "timeout"], request.Query.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task List_ServerForgotTheRest_GoneAndTheNextOneBeginsAnew()
    {
        for (int i = 0; i < 401; i++)
            _server.Leases.Create(StoreSetup.Namespace, LeaseOf($"orders-{i}"));
        _server.Faults.Add(new Fault { Verb = "list" });
        _server.Faults.Add(
            new Fault { Verb = "list", Kind = FaultKind.Answer, Status = 410, Body = """{ "kind": "Status", "code": 410 }""" });

        LeaseStoreError error = FailedList(await _group.ListAsync(Patience, default));

        Assert.Equal(LeaseStoreErrorKind.Gone, error.Kind);
        Assert.Contains("the version to read on from (410)", error.Message, StringComparison.Ordinal);
        Assert.Equal(401, (await ListAsync()).Leases.Count);
    }

    [Fact]
    public async Task List_SecondPageHangs_TimeoutOfAllTogether()
    {
        for (int i = 0; i < 401; i++)
            _server.Leases.Create(StoreSetup.Namespace, LeaseOf($"orders-{i}"));
        _server.Faults.Add(new Fault { Verb = "list" });
        _server.Faults.Add(new Fault { Verb = "list", Kind = FaultKind.Hang });

        Task<LeaseGroupReply> listing = _group.ListAsync(TimeSpan.FromSeconds(5), default);
        await _server.ReceivedAsync(2);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LeaseStoreErrorKind.Timeout, FailedList(await listing.WaitAsync(Patience)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "items": [] }""")]
    [InlineData("""{ "kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": { "resourceVersion": "" }, "items": [] }""")]
    [InlineData("""{ "kind": "PodList", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": [] }""")]
    [InlineData("""{ "kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": { "resourceVersion": "1" }, "items": {} }""")]
    public async Task List_AnswerIsNoList_Failed(string body)
    {
        _server.Faults.Add(new Fault { Verb = "list", Kind = FaultKind.Answer, Body = body });

        LeaseStoreError error = FailedList(await _group.ListAsync(Patience, default));

        Assert.Equal(LeaseStoreErrorKind.InvalidResponse, error.Kind);
        Assert.Contains("something that is no list of leases", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"orders-0\"", "\"\"")]
    [InlineData("\"default\"", "\"other\"")]
    [InlineData("\"u-0\"", "\"\"")]
    [InlineData("\"4711\"", "\"\"")]
    [InlineData("\"orders\"", "\"books\"")]
    [InlineData("\"orders\"", "\"\\ud800\"")]
    [InlineData("\"leaseelection.dev/group\"", "\"\\ud800\"")]
    [InlineData("\"2026-01-31T12:00:00.000000Z\"", "\"noon\"")]
    public async Task List_OneEntryIsNoneOfOurs_LeftOut(string good, string bad)
    {
        string entry = $$"""
            { "metadata": { "name": "orders-0", "namespace": "default", "uid": "u-0", "resourceVersion": "4711",
                "labels": { "leaseelection.dev/group": "orders" } }, "spec": { "renewTime": "2026-01-31T12:00:00.000000Z" } }
            """;
        string whole = entry.Replace("orders-0", "orders-1", StringComparison.Ordinal);
        string bent = entry.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(entry, bent);
        _server.Faults.Add(new Fault
        {
            Verb = "list",
            Kind = FaultKind.Answer,
            Body = $$"""
                { "kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": { "resourceVersion": "4712" },
                  "items": [ {{bent}}, 7, null, {{whole}} ] }
                """,
        });

        Assert.Equal("orders-1", Assert.Single((await ListAsync()).Leases).Key);
    }

    [Fact]
    public async Task List_LargeAnnotations_MoreThanOneLeaseMayHave()
    {
        for (int i = 0; i < 10; i++)
        {
            JsonObject lease = LeaseOf($"orders-{i}");
            lease["metadata"]!["annotations"] = new JsonObject { ["note"] = new string('x', 200_000) };
            _server.Leases.Create(StoreSetup.Namespace, lease);
        }

        Assert.Equal(10, (await ListAsync()).Leases.Count);
    }

    [Fact]
    public async Task Watch_Request_BeginsAtTheVersionWithBookmarks()
    {
        await using (LeaseGroupWatchReader watch = new(_group, "1000", Patience))
            await _server.ReceivedAsync(1);

        RecordedRequest request = Assert.Single(_server.Requests);
        Assert.Equal("leaseelection.dev/group=orders", request.Query["labelSelector"].ToString());
        Assert.Equal("1000", request.Query["resourceVersion"].ToString());
        Assert.Equal("true", request.Query["allowWatchBookmarks"].ToString());
        Assert.InRange(int.Parse(request.Query["timeoutSeconds"].ToString(), CultureInfo.InvariantCulture), 240, 300);
    }

    [Fact]
    public async Task Watch_ThroughAGatewayThatLosesTheSelector_LabelDecides()
    {
        string[] lines =
        [
            Event("ADDED", "other-0", "books"), Event("MODIFIED", "orders-1", "books"),
            Event("ADDED", "orders-0", "orders", space: "other"),
            Event("BOOKMARK", "", ""), Event("UNHEARD-OF", "orders-0", "orders"), Event("ADDED", "orders-2", "orders"),
        ];
        _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Body = string.Join('\n', lines) + "\n" });
        await using LeaseGroupWatchReader watch = new(_group, "1", Patience);

        // As far as we can know, this one has lost its label.
        Assert.Equal("orders-1", (await watch.NextAsync<LeaseGroupEvent.Gone>()).Name);
        Assert.Equal("orders-2", (await watch.NextAsync<LeaseGroupEvent.Changed>()).Name);
        Assert.True(await watch.EndsAsync());
    }

    [Theory]
    [InlineData("\"uid\": \"u\"", "\"uid\": \"\"")]
    [InlineData("\"resourceVersion\": \"4711\"", "\"resourceVersion\": \"\"")]
    [InlineData("\"kind\": \"Lease\"", "\"kind\": \"ConfigMap\"")]
    public async Task Watch_EventAboutSomethingThatIsNoLease_Breaks(string good, string bad)
    {
        string line = Event("MODIFIED", "orders-0", "orders").Replace(good, bad, StringComparison.Ordinal);
        _server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Body = line + "\n" });
        await using LeaseGroupWatchReader watch = new(_group, "1", Patience);

        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);

        Assert.Equal(LeaseStoreErrorKind.InvalidResponse, broken.Error.Kind);
        Assert.Contains("The watch of leases of orders in default at https://", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_VersionIsForgotten_Gone()
    {
        LeaseGroupReply.Found listed = await ListAsync();
        _server.Leases.Create(StoreSetup.Namespace, LeaseOf("orders-0"));
        _server.Leases.Compact();
        await using LeaseGroupWatchReader watch = new(_group, listed.ResourceVersion, Patience);

        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);

        Assert.Equal(LeaseStoreErrorKind.Gone, broken.Error.Kind);
    }

    [Fact]
    public async Task Open_Owner_NamedByTheCreationAndKept()
    {
        ILeaseStore store = _group.Open("orders-0", new LeaseTraits { Owner = new PodReference("orders-7f", "p") });

        Lease lease = await store.CreateLeaseAsync();
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease, Held("a", 1), Patience, default));

        Assert.Equal("""[{"apiVersion":"v1","kind":"Pod","name":"orders-7f","uid":"p"}]""", OwnersOf("orders-0"));
    }

    [Fact]
    public async Task Open_LeaseIsThereAlready_OwnersOfOthersStayAndNoneIsAdded()
    {
        JsonObject made = LeaseOf("orders-0");
        made["metadata"]!["ownerReferences"] = new JsonArray(
            new JsonObject { ["kind"] = "Deployment", ["name"] = "orders", ["uid"] = "d" });
        _server.Leases.Create(StoreSetup.Namespace, made);
        ILeaseStore store = _group.Open("orders-0", new LeaseTraits { Owner = new PodReference("orders-7f", "p") });

        Lease lease = Found(await store.ReadAsync(Patience, default));
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease, Held("a"), Patience, default));

        Assert.Equal("""[{"kind":"Deployment","name":"orders","uid":"d"}]""", OwnersOf("orders-0"));
    }

    [Theory]
    [InlineData(400, "Failed", "Rejected")]
    [InlineData(403, "Failed", "Forbidden")]
    [InlineData(429, "Failed", "Throttled")]
    [InlineData(500, "Unknown", "ServerError")]
    [InlineData(503, "Unknown", "ServerError")]
    [InlineData(200, "Unknown", "InvalidResponse")]
    [InlineData(302, "Unknown", "InvalidResponse")]
    public async Task Delete_Answered_FailedOnlyIfSurelyNotCarriedOut(int status, string reply, string kind)
    {
        Lease lease = await _group.Open("orders-0", LeaseTraits.None).CreateLeaseAsync();
        _server.Faults.Add(new Fault { Verb = "delete", Kind = FaultKind.Answer, Status = status, Body = "{}" });

        LeaseReply answer = await _group.DeleteAsync("orders-0", lease, Patience, default);

        Assert.Equal(reply, answer.GetType().Name);
        Assert.Equal(kind, ((answer as LeaseReply.Failed)?.Error ?? ((LeaseReply.Unknown)answer).Error).Kind.ToString());
    }

    [Fact]
    public async Task Delete_ConnectionCutAfterwards_Unknown()
    {
        Lease lease = await _group.Open("orders-0", LeaseTraits.None).CreateLeaseAsync();
        _server.Faults.Add(new Fault { Verb = "delete", Kind = FaultKind.Reset, AfterCommit = true });

        Unknown(LeaseStoreErrorKind.Network, await _group.DeleteAsync("orders-0", lease, Patience, default));

        Assert.Empty((await ListAsync()).Leases);
    }

    [Fact]
    public async Task Delete_KeptByAFinalizer_AnsweredWithTheLease_Absent()
    {
        Lease lease = await _group.Open("orders-0", LeaseTraits.None).CreateLeaseAsync();
        string kept = _server.Leases.Get(StoreSetup.Namespace, "orders-0").ToJsonString();
        _server.Faults.Add(new Fault { Verb = "delete", Kind = FaultKind.Answer, Status = 202, Body = kept });

        Assert.IsType<LeaseReply.Absent>(await _group.DeleteAsync("orders-0", lease, Patience, default));
    }

    [Fact]
    public async Task Delete_Request_NamesUidAndVersion()
    {
        Lease lease = await _group.Open("orders-0", LeaseTraits.None).CreateLeaseAsync();

        await _group.DeleteAsync("orders-0", lease, Patience, default);

        RecordedRequest request = _server.Requests[^1];
        Assert.Equal(
            $$$"""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"{{{lease.Uid}}}","resourceVersion":"{{{lease.ResourceVersion}}}"}}""",
            request.Body);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("list", "leases.coordination.k8s.io in namespace", "[get, list, watch, create, update], without resourceNames.")]
    [InlineData("watch", "leases.coordination.k8s.io in namespace", "[get, list, watch, create, update], without resourceNames.")]
    [InlineData("get", "leases.coordination.k8s.io 'orders-0' in namespace", "[get, list, watch, create, update], without resourceNames.")]
    [InlineData(
        "create", "leases.coordination.k8s.io 'orders-0' in namespace", "[get, list, watch, create, update], without resourceNames.")]
    [InlineData(
        "update", "leases.coordination.k8s.io 'orders-0' in namespace", "[get, list, watch, create, update], without resourceNames.")]
    [InlineData(
        "delete", "leases.coordination.k8s.io 'orders-0' in namespace",
        "[get, list, watch, create, update, delete], without resourceNames.")]
    public async Task Forbidden_MissingVerb_MessageSaysWhatToGrant(string verb, string resource, string rights)
    {
        Lease lease = await _group.Open("orders-0", LeaseTraits.None).CreateLeaseAsync();
        _server.Users["limited"] = new FakeUser("system:serviceaccount:shop:app", [.. AllVerbs.Where(other => other != verb)]);
        await using KubernetesLeases leases = new StoreSetup(_server)
        {
            User = new() { Token = LeaseElection.Hosting.Kubernetes.Credentials.TextSource.Inline("token", "limited") },
        }.CreateSource();
        ILeaseGroup group = leases.OpenGroup("orders");
        ILeaseStore store = group.Open("orders-0", LeaseTraits.None);

        LeaseStoreError error = verb switch
        {
            "list" => FailedList(await group.ListAsync(Patience, default)),
            "watch" => (await Assert.ThrowsAsync<LeaseWatchException>(
                async () => await group.WatchAsync("1", default).GetAsyncEnumerator().MoveNextAsync())).Error,
            "get" => Failed(LeaseStoreErrorKind.Forbidden, await store.ReadAsync(Patience, default)),
            "create" => Failed(LeaseStoreErrorKind.Forbidden, await store.CreateAsync(Held("a"), Patience, default)),
            "update" => Failed(LeaseStoreErrorKind.Forbidden, await store.ReplaceAsync(lease, Held("b"), Patience, default)),
            _ => Failed(LeaseStoreErrorKind.Forbidden, await group.DeleteAsync("orders-0", lease, Patience, default)),
        };

        Assert.Equal(LeaseStoreErrorKind.Forbidden, error.Kind);
        Assert.StartsWith($"Not allowed to {verb} {resource} 'default' at https://", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Grant it with a Role and a RoleBinding: apiGroups [coordination.k8s.io], resources [leases], verbs " + rights, error.Message,
            StringComparison.Ordinal);
        Assert.Contains("system:serviceaccount:shop:app", error.Message, StringComparison.Ordinal);
    }

    private static readonly string[] AllVerbs = ["list", "watch", "get", "create", "update", "delete"];

    private async Task<LeaseGroupReply.Found> ListAsync()
    {
        LeaseGroupReply reply = await _group.ListAsync(Patience, default);
        Assert.True(reply is LeaseGroupReply.Found, $"Found expected, not {reply}");
        return (LeaseGroupReply.Found)reply;
    }

    private string OwnersOf(string name) => _server.Leases.Get(StoreSetup.Namespace, name)["metadata"]!["ownerReferences"]!.ToJsonString();

    private static LeaseStoreError FailedList(LeaseGroupReply reply) => Assert.IsType<LeaseGroupReply.Failed>(reply).Error;

    private static JsonObject LeaseOf(string name) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [LeaseGroupName.Label] = "orders" } },
        ["spec"] = new JsonObject(),
    };

    /// <summary>A line of a watch.</summary>
    private static string Event(string type, string name, string group, string space = "default")
    {
        string labels = $$"""{ "leaseelection.dev/group": "{{group}}" }""";
        string metadata =
            $$"""{ "name": "{{name}}", "namespace": "{{space}}", "uid": "u", "resourceVersion": "4711", "labels": {{labels}} }""";
        string lease = $$"""{ "kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": {{metadata}}, "spec": {} }""";
        return $$"""{ "type": "{{type}}", "object": {{lease}} }""";
    }
}
