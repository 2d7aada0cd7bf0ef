using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Hundreds of leases over one client, and an API server that takes its time but answers everything.</summary>
public sealed class SharedDemandTests : IAsyncLifetime
{
    private const int AtFirst = RequestGate.Least;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2.5);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger<KubernetesLeaseStore> _logger = new();
    private readonly HeldAnswers _answers = new();
    private readonly Dictionary<string, Task<LeaseReply>> _requests = [];
    private Func<ValueTask<AuthenticationHeaderValue?>> _authorize = () => new(Bearer(FakeKubeApiServer.Token));
    private FakeKubeApiServer _server = null!;
    private ApiServerClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _server.Turn = _answers.HoldAsync;
        var connection = new KubernetesApiConnection
        {
            Server = _server.Url,
            CertificateAuthorities = [X509Certificate2.CreateFromPem(_server.Authority.Pem)],
            Authorize = _ => _authorize(),
        };
        _client = Open(connection, _time, _logger);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Behind 16 sockets the queue grew with each step, until every request had spent all its time in it.</summary>
    [Theory]
    [InlineData(200, 360)]
    [InlineData(300, 400)]
    public async Task Sustained_MoreThanTheFirstPlacesCarry_NoRequestTimesOut(int milliseconds, int leases)
    {
        int steps = 3000 / milliseconds;
        for (int step = 0; step < 5 * steps; step++)
        {
            for (int lease = step % steps; lease < leases; lease += steps)
                _ = ReadAsync($"orders-{lease}");
            await AnswerThoseUnderWayAsync(after: TimeSpan.FromMilliseconds(milliseconds));
        }
        Assert.DoesNotContain(_logger.Lines, line => line.Id.Name == "ConnectionReplaced");
    }

    /// <summary>One more at a time would be one TLS handshake more, for a socket that nobody needs a second later.</summary>
    [Fact]
    public async Task BurstAtAFastServer_NoMoreAtATimeThanAtFirst()
    {
        for (int lease = 0; lease < 500; lease++)
            _ = ReadAsync($"orders-{lease}");
        while (Unanswered > 0)
            await AnswerThoseUnderWayAsync(after: TimeSpan.FromMilliseconds(50));

        Assert.Equal(AtFirst, _answers.MostAtATime);
        Assert.InRange(_server.Requests.Select(request => request.ConnectionId).Distinct().Count(), 1, AtFirst);
    }

    /// <summary>It is the plugin that is slow: a place in the queue would be held for nothing, and the API server be blamed.</summary>
    [Fact]
    public async Task CredentialsDoNotCome_NobodyHasAPlaceMeanwhile()
    {
        _authorize = () => new(new TaskCompletionSource<AuthenticationHeaderValue?>().Task);
        Task<LeaseReply>[] all = [.. Enumerable.Range(0, AtFirst + 1).Select(i => ReadAsync($"orders-{i}"))];

        _time.Advance(Short);

        Assert.All(await Task.WhenAll(all).WaitAsync(Patience), reply => Assert.DoesNotContain(
            "for its turn", Failed(LeaseStoreErrorKind.Timeout, reply).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedWith401_IsSentOnceMoreBeforeThoseThatWait()
    {
        for (int lease = 0; lease <= AtFirst; lease++)
            _ = ReadAsync($"orders-{lease}");
        await _answers.HoldsAsync(AtFirst);
        _server.Users["second"] = _server.Users[FakeKubeApiServer.Token];
        _server.Users.TryRemove(FakeKubeApiServer.Token, out _);
        _authorize = () => new(Bearer("second"));

        string refused = _answers.AnswerOne();
        await _answers.HoldsAsync(AtFirst);

        Assert.EndsWith("/" + refused, _server.Requests[^1].Path, StringComparison.Ordinal);
        Assert.Equal(2, _server.Requests.Count(request => request.Path.EndsWith("/" + refused, StringComparison.Ordinal)));
    }

    private int Unanswered => _requests.Values.Count(request => !request.IsCompleted);

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private static ApiServerClient Open(
        KubernetesApiConnection connection, TimeProvider time, RecordingLogger<KubernetesLeaseStore> logger)
    {
        KubernetesConnection given = GivenConnection.Create(new ConnectionGiver("the test", _ => new(connection), time), connection);
        return new ApiServerClient(given with { ConnectTimeout = Patience }, time, logger, shared: true);
    }

    private Task<LeaseReply> ReadAsync(string lease) => _requests[lease] = new KubernetesLeaseStore(
        _client, new LeaseResource(_server.Url, "default", lease), LeaseTraits.None).ReadAsync(Short, default);

    /// <summary>All that have a place: a new socket of one may take longer than some steps of this test.</summary>
    private async Task AnswerThoseUnderWayAsync(TimeSpan after)
    {
        RequestGate gate = _client.Gate!;
        await _answers.HoldsAsync(() => Math.Max(gate.UnderWay, Math.Min(gate.Places, Unanswered)));
        _time.Advance(after);
        LeaseReply[] soFar = await Task.WhenAll(_requests.Values.Where(request => request.IsCompleted));
        Assert.All(soFar, reply => Assert.IsType<LeaseReply.Absent>(reply));
        await Task.WhenAll(_answers.AnswerAll().Select(lease => _requests[lease])).WaitAsync(Patience);
    }

    /// <summary>No request is answered until it is said.</summary>
    private sealed class HeldAnswers
    {
        private readonly Lock _lock = new();
        private readonly Signal _changed = new();
        private readonly List<(string Lease, TaskCompletionSource Answered)> _held = [];

        public int MostAtATime { get; private set; }

        public async Task HoldAsync(string? lease, CancellationToken cancellationToken)
        {
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                _held.Add((lease!, answered));
                MostAtATime = Math.Max(MostAtATime, _held.Count);
            }
            _changed.Pulse();
            await answered.Task.WaitAsync(cancellationToken);
        }

        public Task HoldsAsync(int count) => HoldsAsync(() => count);

        public Task HoldsAsync(Func<int> count) =>
            _changed.WaitUntilAsync(() => Count >= count(), () => $"{count()} requests, not {Count}");

        public string[] AnswerAll()
        {
            lock (_lock)
            {
                _held.ForEach(request => request.Answered.SetResult());
                string[] leases = [.. _held.Select(request => request.Lease)];
                _held.Clear();
                return leases;
            }
        }

        public string AnswerOne()
        {
            lock (_lock)
            {
                (string lease, TaskCompletionSource answered) = _held[0];
                _held.RemoveAt(0);
                answered.SetResult();
                return lease;
            }
        }

        private int Count
        {
            get
            {
                lock (_lock)
                    return _held.Count;
            }
        }
    }
}
