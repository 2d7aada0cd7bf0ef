using System.Net;
using System.Net.Sockets;
using System.Text;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Leases;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Requests that need no thread pool: answers of all kinds, and none.</summary>
public sealed class BlockingRequestTests : IAsyncLifetime, IDisposable
{
    private const string Body = """
        {"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"settlement","namespace":"default","uid":"u","resourceVersion":"7"}}
        """;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Answers => new()
    {
        { "length", $"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}" },
        { "length, and more", $"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}HTTP/1.1 200 OK\r\n\r\n" },
        { "to the end", $"HTTP/1.1 200 OK\r\n\r\n{Body}" },
        { "HTTP/1.0, no reason, bare line ends", $"HTTP/1.0 200\nx:y\n\n{Body}" },
        { "chunks", $"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            + $"chunked\r\n\r\n5\r\n{Body[..5]}\r\n{Body.Length - 5:X};a=b\r\n{Body[5..]}\r\n0\r\n\r\n" },
        { "first another", $"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Read_EveryWayToEndABody_IsFound(string what, string answer)
    {
        foreach (int size in new[] { answer.Length, 1, 7 })
        {
            await using RawApiServer server = Answering(new RawAnswer(Pieces(answer, size)) { Closes = true });

            LeaseReply reply = await ReadAsync(server, Patience);

            Assert.True(reply is LeaseReply.Found { Lease.ResourceVersion: "7" }, $"{what} in pieces of {size}: {reply}");
        }
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 020 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno header\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n")]
    public async Task Replace_NoAnswerThatMakesSense_IsUnknown(string answer)
    {
        await using RawApiServer server = Answering(new RawAnswer([Encoding.Latin1.GetBytes(answer)]) { Closes = true });

        LeaseStoreError error = Unknown(LeaseStoreErrorKind.InvalidResponse, await ReplaceAsync(server, Patience));

        Assert.Contains("Is something else listening there?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 O")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")]
    public async Task Replace_AnswerEndsInTheMiddle_IsUnknown(string answer)
    {
        await using RawApiServer server = Answering(new RawAnswer([Encoding.Latin1.GetBytes(answer)]) { Closes = true });

        Unknown(LeaseStoreErrorKind.Network, await ReplaceAsync(server, Patience));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "x")] // A head without end.
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "x")] // A body without end.
    public async Task Read_AnswerWithoutEnd_IsRefused(string begin, string then)
    {
        IEnumerable<ReadOnlyMemory<byte>> pieces =
            Enumerable.Repeat(string.Concat(Enumerable.Repeat(then, 8192)), 200).Prepend(begin).Select(
                text => new ReadOnlyMemory<byte>(Encoding.Latin1.GetBytes(text)));
        await using RawApiServer server = Answering(new RawAnswer(pieces) { Closes = true });

        Failed(LeaseStoreErrorKind.InvalidResponse, await ReadAsync(server, Patience));
    }

    [Fact]
    public async Task Read_MoreHeadersThanAnybodySends_IsRefused()
    {
        string answer = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("a: b\r\n", 100_000));
        await using RawApiServer server = Answering(new RawAnswer([Encoding.Latin1.GetBytes(answer)]) { Closes = true });

        Failed(LeaseStoreErrorKind.InvalidResponse, await ReadAsync(server, Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replace_ServerDripsOrHangs_IsUnknownWhenItsTimeIsOver(bool drips)
    {
        string answer = drips ? new string('x', 10_000) : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        await using RawApiServer server = Answering(
            new RawAnswer(Pieces(answer, drips ? 1 : answer.Length)) { Pause = TimeSpan.FromMilliseconds(drips ? 50 : 0), Hangs = true });
        long begun = TimeProvider.System.GetTimestamp();

        LeaseStoreError error = Unknown(LeaseStoreErrorKind.Timeout, await ReplaceAsync(server, Short));

        Assert.Contains("did not answer within 2 s", error.Message, StringComparison.Ordinal);
        // Not the time of a read after each byte, of which there are 10,000.
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), Short, Short + TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Replace_NobodySpeaksTls_FailedWhenItsTimeIsOver()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri($"https://{silent.LocalEndpoint}") }.Create();

        // The body was never sent.
        Failed(LeaseStoreErrorKind.Timeout, await new BlockingStore(store).ReplaceAsync(Some(), Held("a"), Short, default));
    }

    [Fact]
    public async Task Replace_NobodyListens_Failed()
    {
        // Bound, so that nobody else is given the port, and not listening.
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri($"https://{unused.LocalEndPoint}") }.Create();

        LeaseStoreError error = Failed(
            LeaseStoreErrorKind.Network, await new BlockingStore(store).ReplaceAsync(Some(), Held("a"), Patience, default));

        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NoSuchName_FailedAndTold()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Url = new Uri("https://nobody.invalid:6443") }.Create();

        LeaseReply reply = await new BlockingStore(store).ReadAsync(TimeSpan.FromSeconds(5), default);

        Assert.Contains(((LeaseReply.Failed)reply).Error.Kind, new[] { LeaseStoreErrorKind.Dns, LeaseStoreErrorKind.Timeout });
    }

    [Fact]
    public async Task Read_NoTimeLeft_TimeoutWithoutThrowing()
    {
        await using var store = new BlockingStore(new StoreSetup(_server).Create());

        Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.Zero, default));
        Failed(LeaseStoreErrorKind.Timeout, await store.ReplaceAsync(Some(), Held("a"), TimeSpan.FromSeconds(-1), default));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Read_ServerThatIsNotTheCluster_FailedTls()
    {
        using var other = new CertificateAuthority();
        await using var store = new BlockingStore(new StoreSetup(_server) { Authority = TextSource.Inline("ca", other.Pem) }.Create());

        Assert.Contains(
            "not trusted", Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default)).Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Read_ServerOfAnotherName_FailedTls()
    {
        await using var store = new BlockingStore(new StoreSetup(_server) { TlsServerName = "elsewhere" }.Create());

        Assert.Contains(
            "elsewhere", Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_CheckSwitchedOff_IsSentAllTheSame()
    {
        using var other = new CertificateAuthority();
        await using var store = new BlockingStore(
            new StoreSetup(_server) { Authority = TextSource.Inline("ca", other.Pem), SkipTlsVerify = true }.Create());

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Request_SaysWhatThePoolsSay()
    {
        var boss = new Impersonation(
            "bo ss", "42", ["staff", "a, b"], new Dictionary<string, IReadOnlyList<string>> { ["Re/ason"] = ["x", "y"] });
        await using KubernetesLeaseStore store = new StoreSetup(_server)
        {
            User = new ClusterUser { Token = TextSource.Inline("token", FakeKubeApiServer.Token), Impersonation = boss },
        }.Create();
        Lease lease = await store.CreateLeaseAsync();
        var blocking = new BlockingStore(store);
        foreach (ILeaseStore way in new ILeaseStore[] { store, blocking })
        {
            Assert.IsType<LeaseReply.Found>(await way.ReadAsync(Patience, default));
            lease = Found(await way.ReplaceAsync(lease, Held("a", 1), Patience, default));
        }

        RecordedRequest[] sent = [.. _server.Requests];
        foreach ((RecordedRequest pool, RecordedRequest ours) in new[] { (sent[1], sent[3]), (sent[2], sent[4]) })
        {
            Assert.Equal(pool.Verb, ours.Verb);
            Assert.Equal(pool.Body.Length, ours.Body.Length);
            Assert.Equal(HeadersOf(pool), HeadersOf(ours).Where(header => header.Key != "Connection"));
        }

        static IEnumerable<KeyValuePair<string, string>> HeadersOf(RecordedRequest request) =>
            request.Headers.OrderBy(header => header.Key, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Token_RejectedAndRotated_ReadAnewAndRetriedAtOnce()
    {
        string file = Path.Combine(_folder.Path, "token");
        await File.WriteAllTextAsync(file, FakeKubeApiServer.Token);
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { User = new ClusterUser { Token = TextSource.FromFile(file) } }.Create();
        Lease lease = await store.CreateLeaseAsync();
        await File.WriteAllTextAsync(file, "second");
        Assert.True(_server.Users.TryRemove(FakeKubeApiServer.Token, out FakeUser? user));
        _server.Users["second"] = user;

        Assert.IsType<LeaseReply.Found>(await new BlockingStore(store).ReplaceAsync(lease, Held("a", 1), Patience, default));

        Assert.True(_server.Users.TryRemove("second", out _));
        Failed(LeaseStoreErrorKind.Unauthorized, await new BlockingStore(store).ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Plugin_CredentialAtHand_IsUsedAndWhereItIsNotThatIsSaid()
    {
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { User = new ClusterUser { Exec = PluginOf(FakeKubeApiServer.Token) } }.Create();
        var blocking = new BlockingStore(store);

        Assert.Contains(
            "needs the thread pool", Failed(LeaseStoreErrorKind.Credentials, await blocking.ReadAsync(Patience, default)).Message,
            StringComparison.Ordinal);
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        Assert.IsType<LeaseReply.Absent>(await blocking.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task CanBlock_ProxyBetween_Not()
    {
        await using KubernetesLeaseStore direct = new StoreSetup(_server).Create();
        await using KubernetesLeaseStore proxied = new StoreSetup(_server) { Proxy = new Uri("http://127.0.0.1:3128") }.Create();

        Assert.True(direct.CanBlock);
        Assert.False(proxied.CanBlock);
    }

    private static RawApiServer Answering(RawAnswer answer) => new(_ => answer);

    private ExecPlugin PluginOf(string token)
    {
        string file = Path.Combine(_folder.Path, "plugin.sh");
        File.WriteAllText(
            file,
            $$$"""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{{token}}}"} }'""");
        return new ExecPlugin { ApiVersion = "client.authentication.k8s.io/v1", Command = "sh", Arguments = [file] };
    }

    private static async Task<LeaseReply> ReadAsync(RawApiServer server, TimeSpan timeout)
    {
        await using var store = new BlockingStore(StoreOf(server));
        return await store.ReadAsync(timeout, default);
    }

    private static async Task<LeaseReply> ReplaceAsync(RawApiServer server, TimeSpan timeout)
    {
        await using var store = new BlockingStore(StoreOf(server));
        return await store.ReplaceAsync(Some(), Held("a", 1), timeout, default);
    }

    private static KubernetesLeaseStore StoreOf(RawApiServer server) =>
        new(server.Connection, "default", "settlement", TimeProvider.System, new RecordingLogger<KubernetesLeaseStore>());

    private static Lease Some() => new() { ResourceVersion = "6", Uid = "u", Record = Held("a") };

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(string text, int size) =>
        text.Chunk(size).Select(piece => new ReadOnlyMemory<byte>(Encoding.Latin1.GetBytes(piece)));
}
