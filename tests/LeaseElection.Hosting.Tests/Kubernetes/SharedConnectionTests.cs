using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Many leases over one connection: none may cost another its request.</summary>
public sealed class SharedConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Timeout_OfOneRequest_ThoseUnderWayAreAnswered()
    {
        await using KubernetesLeases leases = Open();
        using var held = new HeldModel(_server);
        Task<LeaseReply> other = leases.Open("other").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(1);
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        Task<LeaseReply> hanging = leases.Open("hanging").ReadAsync(Short, default);
        await _server.ReceivedAsync(2);

        _time.Advance(Short);
        Failed(LeaseStoreErrorKind.Timeout, await hanging.WaitAsync(Patience));
        held.Release();

        Assert.IsType<LeaseReply.Found>(await other.WaitAsync(Patience));
    }

    [Fact]
    public async Task Timeout_OfOneRequest_NewOnesGoOverNewSockets()
    {
        await using KubernetesLeases leases = Open();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => leases.Open($"before-{i}").ReadAsync(Hour, default)));
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        Task<LeaseReply> hanging = leases.Open("hanging").ReadAsync(Short, default);
        await _server.ReceivedAsync(6);
        _time.Advance(Short);
        Failed(LeaseStoreErrorKind.Timeout, await hanging.WaitAsync(Patience));

        await leases.Open("after").ReadAsync(Hour, default);

        // What died silently has perhaps taken all sockets with it, and not only the one that was seen to be dead.
        Assert.DoesNotContain(_server.Requests[^1].ConnectionId, _server.Requests.SkipLast(1).Select(request => request.ConnectionId));
    }

    /// <summary>As with hundreds of leases after an outage: the handshakes of one round must not be thrown away by the next.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(60, false)]
    public async Task Timeout_OthersAreAnsweredMeanwhile_OnlyOldSocketsAreReplaced(int age, bool areKept)
    {
        await using KubernetesLeases leases = Open();
        await leases.Open("before").ReadAsync(Hour, default);
        _time.Advance(TimeSpan.FromSeconds(age));
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        Task<LeaseReply> hanging = leases.Open("hanging").ReadAsync(Short, default);
        await _server.ReceivedAsync(2);
        _time.Advance(Short / 2);
        await leases.Open("meanwhile").ReadAsync(Hour, default);
        string socket = _server.Requests[^1].ConnectionId;

        _time.Advance(Short / 2);
        Failed(LeaseStoreErrorKind.Timeout, await hanging.WaitAsync(Patience));
        await leases.Open("after").ReadAsync(Hour, default);

        Assert.Equal(areKept, _server.Requests[^1].ConnectionId == socket);
    }

    [Fact]
    public async Task HungRequests_OfOneLease_OthersAreRenewedMeanwhile()
    {
        await using KubernetesLeases leases = Open();
        ILeaseStore[] stores = [.. Enumerable.Range(0, 20).Select(i => leases.Open($"orders-{i}"))];
        Lease[] versions = await Task.WhenAll(stores.Select(store => store.CreateLeaseAsync()));
        for (int round = 1; round <= 3; round++)
        {
            int received = _server.Requests.Count;
            _server.Faults.Add(new Fault { Verb = "get", Kind = FaultKind.Hang });
            Task<LeaseReply> hanging = leases.Open("hanging").ReadAsync(Short, default);
            await _server.ReceivedAsync(received + 1);

            LeaseReply[] renewed = await Task.WhenAll(
                stores.Zip(versions, (store, version) => store.ReplaceAsync(version, Held("a", round), Hour, default)));
            _time.Advance(Short);

            versions = [.. renewed.Select(Found)];
            Failed(LeaseStoreErrorKind.Timeout, await hanging.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task Burst_OfHundredsOfLeases_FewSocketsAndAllAnswered()
    {
        await using KubernetesLeases leases = Open();
        // So that they are all there before the first answer is.
        _server.Faults.Add(new Fault { Verb = "create", Delay = TimeSpan.FromMilliseconds(50), Times = int.MaxValue });

        LeaseReply[] replies = await Task.WhenAll(
            Enumerable.Range(0, 256).Select(i => leases.Open($"orders-{i}").CreateAsync(Held("a"), Hour, default)));

        Assert.All(replies, reply => Assert.IsType<LeaseReply.Found>(reply));
        Assert.InRange(_server.Requests.Select(request => request.ConnectionId).Distinct().Count(), 2, RequestGate.Least);
    }

    [Fact]
    public async Task Burst_AllSocketsHang_RequestsThatWaitForOneWereNeverSent()
    {
        var setup = new StoreSetup(_server) { Time = _time };
        await using KubernetesLeases leases = setup.CreateSource();
        _server.Faults.Add(new Fault { Kind = FaultKind.Hang, Times = int.MaxValue });
        Task<LeaseReply>[] sent = [.. Enumerable.Range(0, RequestGate.Least)
            .Select(i => leases.Open($"sent-{i}").CreateAsync(Held("a"), Short, default))];
        await _server.ReceivedAsync(sent.Length);
        Task<LeaseReply> waiting = leases.Open("waiting").CreateAsync(Held("a"), Short / 2, default);

        _time.Advance(Short / 2);
        string message = Failed(LeaseStoreErrorKind.Timeout, await waiting.WaitAsync(Patience)).Message;
        bool wasReplacedForIt = setup.Logger.Lines.Any(line => line.Id.Name == "ConnectionReplaced");
        _time.Advance(Short / 2);

        Assert.Contains(" s for its turn behind others of this process, which ", message, StringComparison.Ordinal);
        Assert.False(wasReplacedForIt);
        Assert.All(await Task.WhenAll(sent).WaitAsync(Patience), reply => Unknown(LeaseStoreErrorKind.Timeout, reply));
        _server.Faults.Clear();
        await leases.Open("waiting").CreateLeaseAsync();
    }

    [Fact]
    public async Task AuthorityRotated_RequestsUnderWayAreAnswered()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "ca.crt");
        await File.WriteAllTextAsync(file, _server.Authority.Pem);
        await using KubernetesLeases leases =
            new StoreSetup(_server) { Time = _time, Authority = TextSource.FromFile(file) }.CreateSource();
        using var held = new HeldModel(_server);
        Task<LeaseReply> before = leases.Open("before").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(1);

        // Another one beside it, as during a rotation: what was made with the old list is replaced.
        using (var next = new CertificateAuthority())
            await File.AppendAllTextAsync(file, "\n" + next.Pem);
        _time.Advance(TimeSpan.FromMinutes(1));
        Task<LeaseReply> after = leases.Open("after").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(2);
        held.Release();

        Assert.IsType<LeaseReply.Found>(await before.WaitAsync(Patience));
        Assert.IsType<LeaseReply.Found>(await after.WaitAsync(Patience));
        Assert.Equal(2, _server.Requests.Select(request => request.ConnectionId).Distinct().Count());
    }

    [Fact]
    public async Task NothingSaidForLong_RequestsUnderWayAreAnswered()
    {
        await using KubernetesLeases leases = Open();
        using var held = new HeldModel(_server);
        Task<LeaseReply> before = leases.Open("before").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(1);

        _time.Advance(TimeSpan.FromMinutes(4));
        Task<LeaseReply> after = leases.Open("after").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(2);
        held.Release();

        Assert.IsType<LeaseReply.Found>(await before.WaitAsync(Patience));
        Assert.IsType<LeaseReply.Found>(await after.WaitAsync(Patience));
    }

    [Fact]
    public async Task Burst_AppConfiguresTheHandler_AskedOnceForAll()
    {
        int configured = 0;
        var connection = new KubernetesApiConnection
        {
            Server = _server.Url,
            CertificateAuthorities = [System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(
                System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(_server.Authority.Pem).RawData)],
            Authorize = _ => new(new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", FakeKubeApiServer.Token)),
            ConfigureHandler = _ => Interlocked.Increment(ref configured),
        };
        KubernetesConnection given = GivenConnection.Create(new ConnectionGiver("the test", _ => new(connection), _time), connection) with
        {
            ConnectTimeout = Patience,
        };
        await using var leases = new KubernetesLeases(given, "default", _time, new RecordingLogger<KubernetesLeases>());

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => leases.Open($"orders-{i}").CreateLeaseAsync()));

        Assert.Equal(1, configured);
    }

    [Fact]
    public async Task Timeout_OfOneRequest_ThoseThatWaitForASocketAreSentAndAnswered()
    {
        const int Most = RequestGate.Least;
        await using KubernetesLeases leases = Open();
        _server.Faults.Add(new Fault { Verb = "get", Kind = FaultKind.Hang });
        // Until the time of the one that hangs is over. Their answers are what frees sockets for those that wait.
        _server.Faults.Add(new Fault { Verb = "create", Delay = TimeSpan.FromSeconds(1), Times = Most - 1 });
        Task<LeaseReply> hanging = leases.Open("hanging").ReadAsync(Short, default);
        Task<LeaseReply>[] others =
        [
            .. Enumerable.Range(0, 2 * Most).Select(i => leases.Open($"other-{i}").CreateAsync(Held("a"), Hour, default))
        ];
        await _server.ReceivedAsync(Most);

        _time.Advance(Short);

        Failed(LeaseStoreErrorKind.Timeout, await hanging.WaitAsync(Patience));
        Assert.All(await Task.WhenAll(others).WaitAsync(Patience), reply => Assert.IsType<LeaseReply.Found>(reply));
    }

    [Fact]
    public async Task Dispose_RequestUnderWay_IsAnsweredAndNoneBeginsAnyMore()
    {
        KubernetesLeases leases = Open();
        using var held = new HeldModel(_server);
        Task<LeaseReply> before = leases.Open("before").CreateAsync(Held("a"), Hour, default);
        await _server.ReceivedAsync(1);

        await leases.DisposeAsync();
        LeaseReply after = await leases.Open("after").CreateAsync(Held("a"), Hour, default).WaitAsync(Patience);
        held.Release();

        Assert.IsType<LeaseReply.Failed>(after);
        Assert.IsType<LeaseReply.Found>(await before.WaitAsync(Patience));
    }

    private KubernetesLeases Open() => new StoreSetup(_server) { Time = _time }.CreateSource();

    /// <summary>Until it is released no request is answered; what comes meanwhile is received.</summary>
    private sealed class HeldModel : IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly Task _holding;

        public HeldModel(FakeKubeApiServer server)
        {
            using var holds = new ManualResetEventSlim();
            _holding = Task.Factory.StartNew(
                () => server.Leases.Change(() =>
                {
                    holds.Set();
                    _released.Wait(Patience);
                }),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            holds.Wait(Patience);
        }

        public void Release() => _released.Set();

        public void Dispose()
        {
            _released.Set();
            _holding.GetAwaiter().GetResult();
            _released.Dispose();
        }
    }
}
