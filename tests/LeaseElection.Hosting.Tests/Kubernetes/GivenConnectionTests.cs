using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using Microsoft.Extensions.Logging;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>A connection that the app describes, and describes anew while the store runs.</summary>
public sealed class GivenConnectionTests : IAsyncLifetime
{
    private readonly RecordingLogger<KubernetesLeaseStore> _logger = new();
    private readonly ShiftedTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;
    private Func<CancellationToken, ValueTask<KubernetesApiConnection?>> _connect = _ =>
        throw new InvalidOperationException("not expected");
    private int _asked;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Authorize_AskedBeforeEachRequest_IsTheHeader()
    {
        int tokens = 0;
        _server.Users["1"] = _server.Users["2"] = new FakeUser("app", "*");
        await using KubernetesLeaseStore store = Open(Connection(
            _ => new(new AuthenticationHeaderValue("Bearer", $"{Interlocked.Increment(ref tokens)}"))));

        Lease lease = await store.CreateLeaseAsync();
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease, Held("a", 1), Patience, default));

        Assert.Equal(["Bearer 1", "Bearer 2"], Headers());
    }

    [Fact]
    public async Task Authorize_AnotherSchemeOrNone_IsTakenAsItIs()
    {
        await using (KubernetesLeaseStore store = Open(Connection(_ => new(new AuthenticationHeaderValue("Basic", "dTpw")))))
            Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));
        await using (KubernetesLeaseStore store = Open(Connection(authorize: null)))
            Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));

        Assert.Equal(["Basic dTpw", ""], Headers());
    }

    [Fact]
    public async Task Rejected_DescribedAnew_IsSentAgainAtOnceOverTheSameConnection()
    {
        Rotate("first", "second");
        await using KubernetesLeaseStore store = Open(Connection("first"));
        _connect = _ => new(Connection("second"));

        await store.CreateLeaseAsync();

        Assert.Equal(["Bearer first", "Bearer second"], Headers());
        Assert.Single(_server.Requests.Select(request => request.ConnectionId).Distinct());
        Assert.DoesNotContain(_logger.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Rejected_NothingNew_IsNotSentTwice()
    {
        KubernetesApiConnection connection = Connection("nobody's");
        await using KubernetesLeaseStore store = Open(connection);
        _connect = _ => new(connection);

        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));

        Assert.Equal(["Bearer nobody's"], Headers());
        Assert.DoesNotContain(_logger.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Rejected_AppThrows_OneWarningAndAskedAgainAfterASecondAndTwo()
    {
        Rotate("first", "second");
        await using KubernetesLeaseStore store = Open(Connection("first"));
        _connect = _ => throw new InvalidOperationException("the vault is sealed");

        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));
        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));
        Assert.Equal(1, _asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));
        _connect = _ => new(Connection("second"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        (LogLevel _, EventId id, string text) = Assert.Single(_logger.Lines, line => line.Level >= LogLevel.Warning);
        Assert.Equal("ConnectionNotMadeAnew", id.Name);
        Assert.Contains("UseVault() threw InvalidOperationException: the vault is sealed", text, StringComparison.Ordinal);
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task Rejected_AppTakesLongerThanARequestHas_NextRequestFindsItsAnswer()
    {
        Rotate("first", "second");
        var answer = new TaskCompletionSource<KubernetesApiConnection?>();
        await using KubernetesLeaseStore store = Open(Connection("first"));
        _connect = _ => new(answer.Task);

        string message = Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.FromSeconds(0.5), default)).Message;
        answer.SetResult(Connection("second"));
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        Assert.Equal(1, _asked);
        Assert.StartsWith("UseVault() has given no credentials within 0.5 s", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorize_TakesLongerThanARequestHas_IsSaidAndNotThatTheServerIsSilent()
    {
        await using KubernetesLeaseStore store =
            Open(Connection(_ => new(new TaskCompletionSource<AuthenticationHeaderValue?>().Task)));

        string message = Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.FromSeconds(0.5), default)).Message;

        Assert.StartsWith("UseVault() has given no credentials within 0.5 s", message, StringComparison.Ordinal);
        Assert.Contains("Find out what it waits for", message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Rejected_DescribesAnotherServer_IsNotFollowedAndSaysSo()
    {
        Rotate("first", "second");
        await using KubernetesLeaseStore store = Open(Connection("first"));
        _connect = _ => new(new KubernetesApiConnection { Server = new Uri("https://127.0.0.1:1") });

        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));

        Assert.Contains(_logger.Lines, line => line.Id.Name == "ConnectionNotMadeAnew"
            && line.Text.Contains("another API server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Authorize_Throws_IsAFailedRequestAndTheAppIsAskedAnew()
    {
        await using KubernetesLeaseStore store = Open(Connection(_ => throw new InvalidOperationException("refresh token used")));
        var askedAnew = new TaskCompletionSource();
        _connect = _ =>
        {
            askedAnew.SetResult();
            return new(Connection(FakeKubeApiServer.Token));
        };

        string message = Failed(LeaseStoreErrorKind.Credentials, await store.CreateAsync(Held("a"), Patience, default)).Message;
        await askedAnew.Task.WaitAsync(Patience);

        Assert.Contains("refresh token used", message, StringComparison.Ordinal);
        await Polling.UntilAsync(async () => await store.ReadAsync(Patience, default) is LeaseReply.Absent, Patience);
    }

    [Fact]
    public async Task Authority_Rotated_IsAskedForAfterTheFirstRefusal()
    {
        await using KubernetesLeaseStore store = Open(Connection(FakeKubeApiServer.Token));
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        _connect = _ => new(Connection(FakeKubeApiServer.Token));

        _server.ChangeAuthority();
        _server.Faults.Add(new Fault { Kind = FaultKind.Reset });
        Failed(LeaseStoreErrorKind.Network, await store.ReadAsync(Patience, default));
        Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default));

        await Polling.UntilAsync(async () => await store.ReadAsync(Patience, default) is LeaseReply.Absent, Patience);
    }

    [Fact]
    public async Task ClientCertificate_IsWhoTheServerSees()
    {
        (string certificate, string key) = _server.Authority.IssueForClient("certified", []);
        _server.Users["certified"] = new FakeUser("certified", "*");
        await using KubernetesLeaseStore store = Open(new KubernetesApiConnection
        {
            Server = _server.Url,
            CertificateAuthorities = Authorities(),
            ClientCertificate = KubernetesApiConnection.ReadClientCertificate(certificate, key),
        });

        await store.CreateLeaseAsync();
    }

    [Theory]
    [InlineData("kubernetes.example.com", false)]
    [InlineData("localhost", true)]
    public async Task Server_TlsServerName_IsCheckedWhateverTheAppsCallbackSays(string name, bool trusted)
    {
        await using KubernetesLeaseStore store = Open(new KubernetesApiConnection
        {
            Server = _server.Url,
            CertificateAuthorities = Authorities(),
            TlsServerName = name,
            Authorize = Bearer(FakeKubeApiServer.Token),
#pragma warning disable CA5359 // What is shown is that it changes nothing.
            ConfigureHandler = handler => handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        });
        _connect = _ => new((KubernetesApiConnection?)null);

        LeaseReply reply = await store.ReadAsync(Patience, default);

        if (trusted)
            Assert.IsType<LeaseReply.Absent>(reply);
        else
            Assert.Contains("not for kubernetes.example.com", Failed(LeaseStoreErrorKind.Tls, reply).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigureHandler_IsAskedHowToConnect()
    {
        var connected = new List<string>();
        await using KubernetesLeaseStore store = Open(new KubernetesApiConnection
        {
            Server = new Uri($"https://no-such-host.invalid:{_server.Url.Port}"),
            CertificateAuthorities = Authorities(),
            TlsServerName = "localhost",
            Authorize = Bearer(FakeKubeApiServer.Token),
            ConfigureHandler = handler => handler.ConnectCallback = async (context, token) =>
            {
                connected.Add(context.DnsEndPoint.Host);
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(_server.Url.Host, _server.Url.Port, token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });

        await store.CreateLeaseAsync();

        Assert.Equal(["no-such-host.invalid"], connected);
    }

    [Fact]
    public async Task ConfigureHandler_Hangs_CostsTheRequestItsTimeAndNotTheStore()
    {
        using var gate = new ManualResetEventSlim();
        await using KubernetesLeaseStore store = Open(new KubernetesApiConnection
        {
            Server = _server.Url,
            CertificateAuthorities = Authorities(),
            Authorize = Bearer(FakeKubeApiServer.Token),
            ConfigureHandler = _ => gate.Wait(CancellationToken.None),
        });

        LeaseReply reply = await store.ReadAsync(TimeSpan.FromSeconds(0.5), default).WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
            await using IAsyncEnumerator<LeaseEvent> events = store.WatchAsync("1", stop.Token).GetAsyncEnumerator();
            await events.MoveNextAsync().AsTask().WaitAsync(Patience);
        });
        gate.Set();

        Failed(LeaseStoreErrorKind.Timeout, reply);
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Dispose_WhileTheAppHangs_DoesNotWaitForIt()
    {
        KubernetesLeaseStore store = Open(Connection("nobody's"));
        _connect = _ => new(new TaskCompletionSource<KubernetesApiConnection?>().Task);
        Failed(LeaseStoreErrorKind.Timeout, await store.ReadAsync(TimeSpan.FromSeconds(0.5), default));

        await store.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    private static Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>> Bearer(string token) =>
        _ => new(new AuthenticationHeaderValue("Bearer", token));

    private KubernetesApiConnection Connection(string token) => Connection(Bearer(token));

    private KubernetesApiConnection Connection(Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>>? authorize) => new()
    {
        Server = _server.Url,
        CertificateAuthorities = Authorities(),
        Authorize = authorize,
    };

    private X509Certificate2Collection Authorities() => [X509Certificate2.CreateFromPem(_server.Authority.Pem)];

    private KubernetesLeaseStore Open(KubernetesApiConnection connection)
    {
        var giver = new ConnectionGiver("UseVault()", AskAsync, _time);
        return new(
            GivenConnection.Create(giver, connection) with { ConnectTimeout = Patience },
            StoreSetup.Namespace, "settlement", _time, _logger);

        ValueTask<KubernetesApiConnection?> AskAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return _connect(cancellationToken);
        }
    }

    /// <summary>The server knows the second token only.</summary>
    private void Rotate(string first, string second)
    {
        _server.Users.TryRemove(first, out _);
        _server.Users[second] = new FakeUser("app", "*");
    }

    private IEnumerable<string> Headers() => _server.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization", ""));
}
