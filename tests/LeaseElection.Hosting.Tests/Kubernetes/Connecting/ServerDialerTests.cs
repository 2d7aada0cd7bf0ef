using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Proxy;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

public sealed class ServerDialerTests : IDisposable
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Socket>> _attempts = new();
    private readonly ConcurrentQueue<string> _tried = new();
    private readonly Signal _dialled = new();
    private readonly CancellationTokenSource _timeout = new();

    public void Dispose() => _timeout.Dispose();

    [Fact]
    public async Task DialAsync_FirstAddressIsSilent_SecondIsTriedAfterItsHeadStartAndWins()
    {
        Task<Socket> dialling = DialAsync("10.0.0.1", "10.0.0.2", "10.0.0.3");
        await TriedAsync(1);
        Assert.Equal(["10.0.0.1"], _tried);

        await _time.AdvanceOnceArmedAsync(HeadStart);
        await TriedAsync(2);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts["10.0.0.2"].SetResult(socket);

        Assert.Same(socket, await dialling.WaitAsync(Signal.Patience));
        Assert.Equal(["10.0.0.1", "10.0.0.2"], _tried);
        Assert.True(_attempts["10.0.0.1"].Task.IsCanceled);
    }

    [Fact]
    public async Task DialAsync_FirstAddressRefuses_SecondIsTriedAtOnce()
    {
        Task<Socket> dialling = DialAsync("10.0.0.1", "10.0.0.2");
        await TriedAsync(1);
        _attempts["10.0.0.1"].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await TriedAsync(2);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts["10.0.0.2"].SetResult(socket);

        Assert.Same(socket, await dialling.WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task DialAsync_OneFailsAsNobodyForesaw_OthersAreClosedAllTheSame()
    {
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var dialer = new ServerDialer(
            TimeSpan.FromSeconds(2), _time, Resolves("10.0.0.1", "10.0.0.2", "10.0.0.3"),
            (target, decided) => target.Address.ToString() switch
            {
                "10.0.0.1" => throw new NotSupportedException("No such family."),
                "10.0.0.2" => ConnectedAllTheSameAsync(late, decided),
                _ => Task.FromResult(socket),
            });
        Task<Socket> dialling = dialer.DialAsync(new DnsEndPoint("api.example", 6443), _timeout.Token);
        await _time.AdvanceOnceArmedAsync(HeadStart);

        Assert.Same(socket, await dialling.WaitAsync(Signal.Patience));
        Assert.Throws<ObjectDisposedException>(() => late.Available);
    }

    [Fact]
    public async Task DialAsync_FirstAddressAnswersLate_ItStillWins()
    {
        Task<Socket> dialling = DialAsync("10.0.0.1", "10.0.0.2");
        await TriedAsync(1);
        await _time.AdvanceOnceArmedAsync(HeadStart);
        await TriedAsync(2);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts["10.0.0.1"].SetResult(socket);

        Assert.Same(socket, await dialling.WaitAsync(Signal.Patience));
        Assert.True(_attempts["10.0.0.2"].Task.IsCanceled);
    }

    [Fact]
    public async Task DialAsync_TwoAnswer_TheOtherIsClosed()
    {
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var dialer = new ServerDialer(
            TimeSpan.FromSeconds(2), _time, Resolves("10.0.0.1", "10.0.0.2"),
            (target, decided) =>
                target.Address.ToString() == "10.0.0.2" ? Task.FromResult(socket) : ConnectedAllTheSameAsync(late, decided));
        Task<Socket> dialling = dialer.DialAsync(new DnsEndPoint("api.example", 6443), _timeout.Token);
        await _time.AdvanceOnceArmedAsync(HeadStart);

        Assert.Same(socket, await dialling.WaitAsync(Signal.Patience));
        Assert.Throws<ObjectDisposedException>(() => late.Available);
    }

    [Fact]
    public async Task DialAsync_NobodyAnswersInTime_ThrowsNamingEachAddress()
    {
        Task<Socket> dialling = DialAsync("10.0.0.1", "10.0.0.2");
        await TriedAsync(1);
        _attempts["10.0.0.1"].SetException(new SocketException((int)SocketError.NetworkUnreachable));
        await TriedAsync(2);
        await _timeout.CancelAsync();

        SocketException thrown = await Assert.ThrowsAsync<SocketException>(() => dialling.WaitAsync(Signal.Patience));
        Assert.Equal("10.0.0.1:6443: Network is unreachable; 10.0.0.2:6443: no answer", thrown.Message);
        Assert.Equal(SocketError.NetworkUnreachable, thrown.SocketErrorCode);
    }

    [Fact]
    public async Task DialAsync_ManyAddresses_EachIsTriedWithinTheTime()
    {
        string[] addresses = [.. Enumerable.Range(1, 20).Select(number => $"10.0.0.{number}")];
        Task<Socket> dialling = DialAsync(addresses);
        for (int number = 1; number < addresses.Length; number++)
            await _time.AdvanceOnceArmedAsync(TimeSpan.FromMilliseconds(100)); // 2 s / 20
        await TriedAsync(20);
        await _timeout.CancelAsync();

        await Assert.ThrowsAsync<SocketException>(() => dialling.WaitAsync(Signal.Patience));
        Assert.Equal(addresses, _tried);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("[::]", "::1")]
    [InlineData("[fe80::1%253]", "fe80::1%3")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public async Task DialAsync_AddressInsteadOfAName_NotResolved(string host, string expected)
    {
        var dialer = new ServerDialer(
            TimeSpan.FromSeconds(2), _time, (name, _) => throw new InvalidOperationException(name), Connect);
        Task<Socket> dialling = dialer.DialAsync(new DnsEndPoint(host, 6443), _timeout.Token);
        await TriedAsync(1);
        await _timeout.CancelAsync();

        await Assert.ThrowsAsync<SocketException>(() => dialling.WaitAsync(Signal.Patience));
        Assert.Equal([expected], _tried);
    }

    [Fact]
    public async Task DialAsync_NameWithoutAddress_ThrowsAsTheResolverDoes()
    {
        var dialer = new ServerDialer(TimeSpan.FromSeconds(2), _time, Resolves(), Connect);

        SocketException thrown = await Assert.ThrowsAsync<SocketException>(
            () => dialer.DialAsync(new DnsEndPoint("api.example", 6443), default));
        Assert.Equal(SocketError.HostNotFound, thrown.SocketErrorCode);
        Assert.StartsWith("the name api.example cannot be resolved: ", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>The system's resolver hears of no token once it has begun, and tries for longer than a request has.</summary>
    [Fact]
    public async Task DialAsync_NameServerIsSilent_EndsInTimeAndNamesTheHost()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var dialer = new ServerDialer(TimeSpan.FromSeconds(2), _time, (_, _) => never.Task, Connect);
        Task<Socket> dialling = dialer.DialAsync(new DnsEndPoint("api.example", 6443), _timeout.Token);
        await _timeout.CancelAsync();

        SocketException thrown = await Assert.ThrowsAsync<SocketException>(() => dialling.WaitAsync(Signal.Patience));

        Assert.Equal("the name api.example was not resolved in time.", thrown.Message);
        // As SocketsHttpHandler tells of its ConnectTimeout.
        var told = new TaskCanceledException("", new TimeoutException("", thrown));
        LeaseStoreError error = TransportErrors.From(told, "https://api.example");
        Assert.Equal(LeaseStoreErrorKind.Dns, error.Kind);
        Assert.Contains("the name api.example was not resolved in time. Check the address", error.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task DialAsync_RealAddressThatSwallowsPackets_TheOtherOneAnswers()
    {
        // First the address that others have ports of, too: nobody else asks for one of the black hole's.
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using BlackHole hole = await BlackHole.OpenAsync(((IPEndPoint)server.LocalEndpoint).Port);
        var dialer = new ServerDialer(
            Signal.Patience, TimeProvider.System, Resolves(BlackHole.Address.ToString(), "127.0.0.1"));

        using Socket socket = await dialer.DialAsync(new DnsEndPoint("api.example", hole.Port), default);

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, hole.Port), socket.RemoteEndPoint);
        Assert.True(socket.NoDelay);
    }

    [UnixFact]
    public async Task DialAsync_NobodyListens_ThrowsNamingTheAddress()
    {
        // Bound, so that nobody else is given the port, and not listening.
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)unused.LocalEndPoint!).Port;
        var dialer = new ServerDialer(Signal.Patience, TimeProvider.System);

        SocketException thrown =
            await Assert.ThrowsAsync<SocketException>(() => dialer.DialAsync(new DnsEndPoint("127.0.0.1", port), default));

        Assert.Equal($"127.0.0.1:{port}: Connection refused", thrown.Message);
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolves(params string[] addresses) =>
        (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]);

    private Task<Socket> DialAsync(params string[] addresses) =>
        new ServerDialer(
            TimeSpan.FromSeconds(2), _time, Resolves(addresses), Connect).DialAsync(new DnsEndPoint("api.example", 6443), _timeout.Token);

    private Task<Socket> Connect(IPEndPoint target, CancellationToken decided)
    {
        var attempt = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        decided.Register(() => attempt.TrySetCanceled(decided));
        _attempts[target.Address.ToString()] = attempt;
        _tried.Enqueue(target.Address.ToString());
        _dialled.Pulse();
        return attempt.Task;
    }

    private Task TriedAsync(int count) =>
        _dialled.WaitUntilAsync(() => _tried.Count >= count, () => $"{count} attempts; {_tried.Count} were made");

    /// <summary>The answer came while it was being cancelled.</summary>
    private static async Task<Socket> ConnectedAllTheSameAsync(Socket late, CancellationToken decided)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, decided).ContinueWith(_ => { }, TaskScheduler.Default);
        return late;
    }
}
