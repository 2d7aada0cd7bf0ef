using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Proxy;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>What each refusal and each broken connection comes to, and whether an operator can act on it.</summary>
public sealed class KubernetesLeaseStoreErrorTests : IAsyncLifetime
{
    private static readonly string[] Verbs = ["get", "create", "update"];

    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(400, "Rejected")]
    [InlineData(410, "Gone")]
    [InlineData(422, "Rejected")]
    [InlineData(429, "Throttled")]
    [InlineData(500, "ServerError")]
    [InlineData(502, "ServerError")]
    [InlineData(503, "ServerError")]
    [InlineData(504, "ServerError")]
    [InlineData(302, "InvalidResponse")]
    public async Task Read_Refused_FailedOfThatKind(int status, string kind)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer("get", status));

        Failed(Enum.Parse<LeaseStoreErrorKind>(kind), await store.ReadAsync(Patience, default));
    }

    [Theory]
    [InlineData(400, "Rejected", true)]
    [InlineData(403, "Forbidden", true)]
    [InlineData(413, "Rejected", true)]
    [InlineData(422, "Rejected", true)]
    [InlineData(429, "Throttled", true)]
    [InlineData(500, "ServerError", false)]
    [InlineData(503, "ServerError", false)]
    [InlineData(504, "ServerError", false)]
    [InlineData(202, "InvalidResponse", false)]
    public async Task Write_Refused_FailedOnlyIfSurelyNotCarriedOut(int status, string kind, bool surely)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(Answer(verb: null, status) with { Times = 2 });

        LeaseReply create = await store.CreateAsync(Held("b"), Patience, default);
        LeaseReply replace = await store.ReplaceAsync(lease, Held("b"), Patience, default);

        foreach (LeaseReply reply in (LeaseReply[])[create, replace])
            _ = surely ? Failed(Enum.Parse<LeaseStoreErrorKind>(kind), reply) : Unknown(Enum.Parse<LeaseStoreErrorKind>(kind), reply);
    }

    [Fact]
    public async Task Throttled_RetryAfterInSeconds_Kept()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer("get", 429, ("Retry-After", "7")));
        _server.Faults.Add(Answer("create", 503, ("Retry-After", "8")));

        Assert.Equal(TimeSpan.FromSeconds(7), Failed(LeaseStoreErrorKind.Throttled, await store.ReadAsync(Patience, default)).RetryAfter);
        LeaseReply write = await store.CreateAsync(Held("a"), Patience, default);
        Assert.Equal(TimeSpan.FromSeconds(8), Unknown(LeaseStoreErrorKind.Throttled, write).RetryAfter);
    }

    [Fact]
    public async Task Throttled_RetryAfterAsDate_MeasuredByTheServersClock()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        // Ten years off our own clock: only the difference counts.
        _server.Faults.Add(Answer(
            "get", 429, ("Date", "Sun, 31 Jan 2016 12:00:00 GMT"),
            ("Retry-After", "Sun, 31 Jan 2016 12:00:09 GMT")));

        Assert.Equal(TimeSpan.FromSeconds(9), Failed(LeaseStoreErrorKind.Throttled, await store.ReadAsync(Patience, default)).RetryAfter);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("create")]
    [InlineData("update")]
    public async Task Forbidden_MissingVerb_MessageSaysWhatToGrant(string verb)
    {
        await using KubernetesLeaseStore admin = new StoreSetup(_server).Create();
        Lease lease = await admin.CreateLeaseAsync();
        _server.Users["limited"] = new FakeUser("system:serviceaccount:shop:app", [.. Verbs.Where(other => other != verb)]);
        await using KubernetesLeaseStore store = new StoreSetup(_server) { User = Token("limited") }.Create();

        LeaseReply reply = verb switch
        {
            "get" => await store.ReadAsync(Patience, default),
            "create" => await store.CreateAsync(Held("a"), Patience, default),
            _ => await store.ReplaceAsync(lease, Held("a", 1), Patience, default),
        };

        string message = Failed(LeaseStoreErrorKind.Forbidden, reply).Message;
        Assert.Contains(
            $"Not allowed to {verb} leases.coordination.k8s.io 'settlement' in namespace 'default'", message, StringComparison.Ordinal);
        Assert.Contains("Role", message, StringComparison.Ordinal);
        Assert.Contains("system:serviceaccount:shop:app", message, StringComparison.Ordinal);
        Assert.Equal(
            verb == "create",
            message.Contains(
                "The Lease is not there: grant create, or make it beforehand without a spec. Argo CD makes none that a chart has.",
                StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(403, "admission webhook \"validation.policies.example.test\" denied the request: "
        + "[must-have-owner] all objects must have the label owner",
        "The admission webhook 'validation.policies.example.test' refuses to")]
    [InlineData(400, "admission webhook \"validate.kyverno.svc-fail\" denied the request: \n\nresource Lease/shop/settlement was blocked "
        + "due to the following policies",
        "The admission webhook 'validate.kyverno.svc-fail' refuses to")]
    [InlineData(422, "The leases \"settlement\" is invalid: : ValidatingAdmissionPolicy 'must-have-owner' "
        + "with binding 'b' denied request: no owner",
        "The ValidatingAdmissionPolicy 'must-have-owner' refuses to")]
    [InlineData(403, "leases.coordination.k8s.io \"settlement\" is forbidden: ValidatingAdmissionPolicy "
        + "'must-have-owner' with binding 'b' denied request: no owner",
        "The ValidatingAdmissionPolicy 'must-have-owner' refuses to")]
    [InlineData(
        403, "leases.coordination.k8s.io \"settlement\" is forbidden: not on Fridays",
        "A policy of the cluster (admission control) refuses to")]
    public async Task Write_RefusedByAPolicy_NamedAndNoRoleAdvised(int status, string message, string expected)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(Answer(verb: null, status) with { Times = 2, Body = Refusal(status, message) });

        LeaseStoreErrorKind kind = status == 403 ? LeaseStoreErrorKind.Forbidden : LeaseStoreErrorKind.Rejected;
        string create = Failed(kind, await store.CreateAsync(Held("a"), Patience, default)).Message;
        string update = Failed(kind, await store.ReplaceAsync(lease, Held("a", 1), Patience, default)).Message;

        Assert.Contains($"{expected} create the lease 'settlement' in namespace 'default'", create, StringComparison.Ordinal);
        Assert.Contains("Make the Lease beforehand", create, StringComparison.Ordinal);
        Assert.Contains($"{expected} update the lease", update, StringComparison.Ordinal);
        Assert.Contains("Give the Lease what is asked for", update, StringComparison.Ordinal);
        Assert.All((string[])[create, update], text => Assert.Contains("no Role helps", text, StringComparison.Ordinal));
        Assert.All((string[])[create, update], text => Assert.DoesNotContain("Grant it with a Role", text, StringComparison.Ordinal));
        Assert.All((string[])[create, update], text => Assert.Contains(message.Split('\n')[0], text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("create", "leases.coordination.k8s.io is forbidden: User \"app\" cannot create resource \"leases\" in API group "
        + "\"coordination.k8s.io\" in the "
        + "namespace \"default\": requires one of [\"container.leases.create\"] permission(s).", "Grant it with a Role")]
    [InlineData("get", "leases.coordination.k8s.io \"settlement\" is forbidden: by a gateway", "Grant it with a Role")]
    [InlineData(
        "get", "users \"boss\" is forbidden: User \"app\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope",
        "Grant the verb impersonate")]
    public async Task Forbidden_ByAnAuthorizer_SaysWhatToGrant(string verb, string message, string expected)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer(verb, 403) with { Body = Refusal(403, message) });

        LeaseReply reply = verb == "get" ? await store.ReadAsync(Patience, default) : await store.CreateAsync(Held("a"), Patience, default);

        Assert.Contains(expected, Failed(LeaseStoreErrorKind.Forbidden, reply).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WebhookThatDoesNotAnswer_Named()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer("create", 500) with
        {
            Body = Refusal(
                500, "Internal error occurred: failed calling webhook \"labels.example.test\": Post \"https://x\": no endpoints available"),
        });

        string message = Unknown(LeaseStoreErrorKind.ServerError, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("the admission webhook 'labels.example.test', which does not answer", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unauthorized_TokenUnknown_FailedAndNoTokenInTheMessage()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { User = Token("unknown-secret") }.Create();

        string message = Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default)).Message;

        Assert.DoesNotContain("unknown-secret", message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Namespace_Missing_ReadSaysAbsentAndCreateNamesIt()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { LeaseNamespace = "nowhere" }.Create();

        // kube-apiserver does not look at the namespace of a lease that is not there.
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        string message = Failed(LeaseStoreErrorKind.NotFound, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("'nowhere' does not exist", message, StringComparison.Ordinal);
        Assert.Contains("LeaseNamespace", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespace_BeingDeleted_MessageDoesNotAskForARole()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer("create", 403) with
        {
            Body = """{"kind":"Status","code":403,"reason":"Forbidden","message":"leases \"x\" is forbidden: unable to create new content in namespace default because it is being terminated"}""",
        });

        string message = Failed(LeaseStoreErrorKind.Forbidden, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("being deleted", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Role", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ApiUnknownToTheServer_NotTakenForAbsent()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri(_server.Url, "/wrong/") }.Create();

        string message = Failed(LeaseStoreErrorKind.NotFound, await store.ReadAsync(Patience, default)).Message;

        Assert.Contains("leases.coordination.k8s.io/v1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>captive portal</html>")]
    [InlineData("""{"kind":"Lease","metadata":{"name":"settlement"}}""")]
    [InlineData("""{"kind":"Lease","metadata":{"name":"another","uid":"u","resourceVersion":"1"}}""")]
    [InlineData("""{"kind":"Status","metadata":{"name":"settlement","uid":"u","resourceVersion":"1"}}""")]
    [InlineData("""{"kind":"Lease","metadata":{"name":"settlement","uid":"u","resourceVersion":"1"},"spec":{"renewTime":"yesterday"}}""")]
    [InlineData("""{"kind":"Lease","metadata":{"name":"settlement","uid":"u","resou""")]
    [InlineData("null")]
    public async Task Success_BodyIsNoLease_ReadFailsAndWriteIsUnknown(string body)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer(verb: null, 200) with { Body = body, Times = 2 });

        Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReadAsync(Patience, default));
        Unknown(LeaseStoreErrorKind.InvalidResponse, await store.CreateAsync(Held("a"), Patience, default));
    }

    [Fact]
    public async Task Success_TenMegabytes_InvalidResponseAndTheNextRequestWorks()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer(verb: null, 200) with { Body = new string('x', 10_000_000), Times = 2 });

        Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReadAsync(Patience, default));
        Unknown(LeaseStoreErrorKind.InvalidResponse, await store.CreateAsync(Held("a"), Patience, default));
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Refusal_TenMegabytes_StaysARefusal()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(Answer("create", 403) with { Body = new string('x', 10_000_000) });

        Failed(LeaseStoreErrorKind.Forbidden, await store.CreateAsync(Held("a"), Patience, default));
    }

    [Fact]
    public async Task Write_ConnectionRefused_FailedBecauseNeverSent()
    {
        // Bound, so that nobody else is given the port, and not listening.
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)unused.LocalEndPoint!).Port;
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri($"https://127.0.0.1:{port}") }.Create();

        string message = Failed(LeaseStoreErrorKind.Network, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains($"127.0.0.1:{port}", message, StringComparison.Ordinal);
        Assert.Contains("refused", message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Write_NameDoesNotResolve_FailedDns()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri("https://no-such-host.invalid:6443") }.Create();

        string message = Failed(LeaseStoreErrorKind.Dns, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("no-such-host.invalid", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_NameOfTheProxyDoesNotResolve_FailedDnsAndNamesTheProxy()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server)
        {
            Url = new Uri("https://api.example.com:6443"),
            Proxy = new Uri("http://me:s3cret@no-such-proxy.invalid:3128"),
        }.Create();

        string message = Failed(LeaseStoreErrorKind.Dns, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("the name no-such-proxy.invalid cannot be resolved", message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Write_AddressSwallowsPackets_FailedNetworkAndNamesTheAddress()
    {
        using BlackHole hole = await BlackHole.OpenAsync();
        StoreSetup setup = new(_server) { Url = new Uri($"https://{BlackHole.Address}:{hole.Port}") };
        await using var store = new KubernetesLeaseStore(
            setup.Connection with { ConnectTimeout = TimeSpan.FromSeconds(0.3) }, StoreSetup.Namespace, "settlement", TimeProvider.System,
            setup.Logger);

        // Never connected is never sent: the write certainly did not happen.
        string message = Failed(LeaseStoreErrorKind.Network, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains($"127.0.0.2:{hole.Port}: no answer.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ProxyRefuses_MessageNamesTheProxy()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task served = ServeAsync(proxy, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        await using KubernetesLeaseStore store = new StoreSetup(_server)
        {
            Url = new Uri("https://api.example.com:6443"),
            Proxy = new Uri($"http://me:s3cret@{proxy.LocalEndpoint}"),
        }.Create();

        string message = Failed(LeaseStoreErrorKind.Network, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("proxy-url", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        await served;
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        byte[] buffer = new byte[4096];
        int read = await client.GetStream().ReadAsync(buffer);
        Assert.True(read > 0);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
    }

    private static ClusterUser Token(string token) => new() { Token = TextSource.Inline("token", token) };

    private static Fault Answer(string? verb, int status, params (string Name, string Value)[] headers) => new()
    {
        Verb = verb,
        Kind = FaultKind.Answer,
        Status = status,
        Headers = headers.ToDictionary(header => header.Name, header => header.Value),
    };

    private static string Refusal(int code, string message) => new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = "Failure",
        ["code"] = code,
        ["reason"] = code == 403 ? "Forbidden" : "Invalid",
        ["message"] = message,
    }.ToJsonString();
}
