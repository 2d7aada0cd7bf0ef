using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Testing.Proxy;

/// <summary>
/// Stands before an API server, with a certificate of the same authority, and lets everything through until a test says otherwise. Give
/// each replica a proxy of its own: to cut the proxy off is then to cut the replica off.
/// <code>
/// await using FaultProxy proxy = await FaultProxy.StartAsync(server);
/// options.Kubernetes.ApiServer = proxy.Url.ToString();
/// proxy.CutAfterCommit("update", times: 1);
/// proxy.Partition();
/// proxy.Heal();
/// </code>
/// A verb is <c>get</c>, <c>create</c>, <c>update</c>, <c>delete</c> or <c>watch</c>; none means every one. The first fault that matches a
/// request is the one it meets; <see cref="Heal"/> forgets them all.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    /// <summary>Until healed.</summary>
    public const int Always = int.MaxValue;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private readonly ConcurrentDictionary<string, bool> _expired = new();
    private readonly FaultPlan _plan = new();
    private readonly ProxyUpstream _upstream;
    private readonly ProxyWatches _watches = new();
    private X509Certificate2 _certificate;
    private CancellationTokenSource _healing = new();
    private Task _accepting = Task.CompletedTask;
    private volatile bool _isPartitioned;
    private long _forgetsAfter = Timeout.InfiniteTimeSpan.Ticks;

    private FaultProxy(Uri upstream, CertificateAuthority authority)
    {
        _upstream = new ProxyUpstream(upstream, authority.Pem);
        _certificate = CertificateFrom(authority);
    }

    /// <summary>Where it listens: https, 127.0.0.1.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What has gone through so far.</summary>
    public ProxyTraffic Requests { get; } = new();

    /// <summary>Starts one before a real API server: the same tokens and the same certificate authority are good for it.</summary>
    public static Task<FaultProxy> StartAsync(RealApiServer server) => StartAsync(server.Url, server.Authority);

    internal static Task<FaultProxy> StartAsync(Uri upstream, CertificateAuthority authority)
    {
        var proxy = new FaultProxy(upstream, authority);
        proxy._listener.Start();
        proxy.Url = new Uri($"https://127.0.0.1:{((IPEndPoint)proxy._listener.LocalEndpoint).Port}");
        proxy._accepting = proxy.AcceptAsync();
        return Task.FromResult(proxy);
    }

    /// <summary>A request reaches the server so much later, also when its client has given up by then.</summary>
    public FaultProxy Delay(TimeSpan time, string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Delay = time });

    /// <summary>The server answers at once, and the answer takes so long.</summary>
    public FaultProxy DelayAnswer(TimeSpan time, string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Delay = time, AfterCommit = true });

    /// <summary>A request never arrives, and the connection stays open.</summary>
    public FaultProxy Hang(string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Kind = FaultKind.Hang });

    /// <summary>A request never arrives, and the connection is reset.</summary>
    public FaultProxy Reset(string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Kind = FaultKind.Reset });

    /// <summary>The server carries the request out, and the connection is reset before the answer.</summary>
    public FaultProxy CutAfterCommit(string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Kind = FaultKind.Reset, AfterCommit = true });

    /// <summary>The server carries the request out, and the answer never comes.</summary>
    public FaultProxy HangAfterCommit(string? verb = null, int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Kind = FaultKind.Hang, AfterCommit = true });

    /// <summary>The request arrives twice.</summary>
    public FaultProxy Replay(string? verb = "update", int times = Always) =>
        Meet(new Fault { Verb = verb, Times = times, Kind = FaultKind.Replay, AfterCommit = true });

    /// <summary>A request is refused before it reaches the server.</summary>
    public FaultProxy Answer(int status, TimeSpan? retryAfter = null, string? verb = null, int times = Always) =>
        Meet(Refusal(status, retryAfter) with { Verb = verb, Times = times });

    /// <summary>The connections that are open stay so and swallow everything, for good; new ones work.</summary>
    public FaultProxy BlackHole()
    {
        foreach (ProxyConnection connection in _connections.Keys)
            connection.BlackHole();
        return this;
    }

    /// <summary>Nothing gets through any more: neither over the connections that are open nor over new ones.</summary>
    public FaultProxy Partition()
    {
        _isPartitioned = true; // Before the look at what is open: no connection slips through.
        return BlackHole();
    }

    /// <summary>
    /// A connection over which nothing was said for so long is forgotten, as by a load balancer: what is said after that is swallowed.
    /// </summary>
    public FaultProxy ForgetAfter(TimeSpan quiet)
    {
        Volatile.Write(ref _forgetsAfter, quiet.Ticks);
        return this;
    }

    /// <summary>Resets the connections that are open; new ones work.</summary>
    public FaultProxy ResetConnections()
    {
        foreach (ProxyConnection connection in _connections.Keys)
            connection.Reset();
        return this;
    }

    /// <summary>Watches, also new ones, are answered and stay open, and tell nothing.</summary>
    public FaultProxy SilenceWatches()
    {
        _watches.AreSilent = true;
        return this;
    }

    /// <summary>Ends the watches that are open, in good order.</summary>
    public FaultProxy CloseWatches()
    {
        _watches.End(null);
        return this;
    }

    /// <summary>Ends every watch, also new ones, so long after it was opened, in good order.</summary>
    public FaultProxy CloseWatchesAfter(TimeSpan time)
    {
        _watches.EndAfter = time;
        return this;
    }

    /// <summary>Ends the watches that are open, in disorder.</summary>
    public FaultProxy BreakWatches(WatchBreak how)
    {
        _watches.End(how);
        return this;
    }

    /// <summary>Tells the watches that are open an event that did not happen, or that happened long ago.</summary>
    /// <param name="type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
    /// <param name="about">What it is about.</param>
    public Task TellWatchesAsync(string type, JsonObject about) =>
        _watches.TellAsync($$"""{"type":"{{type}}","object":{{about.ToJsonString()}}}""" + "\n");

    /// <summary>From now on a bearer token is refused, as one that has expired is.</summary>
    public FaultProxy Expire(string token)
    {
        _expired[$"Bearer {token}"] = true;
        return this;
    }

    /// <summary>
    /// Every fault is over. Connections that led into a black hole still do; requests that hang are reset; tokens stay expired.
    /// </summary>
    public void Heal()
    {
        _plan.Clear();
        _watches.AreSilent = false;
        _watches.EndAfter = null;
        _isPartitioned = false;
        ForgetAfter(Timeout.InfiniteTimeSpan);
        using CancellationTokenSource healing = Interlocked.Exchange(ref _healing, new CancellationTokenSource());
        healing.Cancel();
    }

    /// <summary>From the next handshake on its certificate is signed by another authority.</summary>
    internal void Present(CertificateAuthority authority) => _certificate = CertificateFrom(authority);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        ResetConnections();
        await Task.WhenAll(_connections.Values);
        _upstream.Dispose();
        _healing.Dispose();
        _stopping.Dispose();
    }

    private FaultProxy Meet(Fault fault)
    {
        _plan.Add(fault);
        return this;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var connection = new ProxyConnection(
                    await _listener.AcceptSocketAsync(_stopping.Token), Requests, () => new TimeSpan(Volatile.Read(ref _forgetsAfter)));
                var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[connection] = ServeAsync(connection, started.Task);
                started.SetResult(); // Only now: the connection removes itself from the list when it has ended.
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the client was gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(ProxyConnection connection, Task listed)
    {
        await listed;
        Requests.Connected();
        try
        {
            await ServeRequestsAsync(connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or AuthenticationException
            or OperationCanceledException or HttpRequestException or InvalidDataException)
        {
            // Either side has gone. What the server's going means for a client is that its connection is reset.
            connection.Reset();
        }

        _connections.TryRemove(connection, out _);
        Requests.Disconnected();
        await connection.DisposeAsync();
    }

    private async Task ServeRequestsAsync(ProxyConnection connection)
    {
        if (_isPartitioned)
        {
            connection.BlackHole();
            await connection.SwallowAsync(_stopping.Token);
            return;
        }

        await connection.SecureAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        while (await connection.ReadAsync(_stopping.Token) is { } request)
        {
            if (!await HandleAsync(connection, request, Requests.Add(request.Verb)))
                return;
        }
    }

    /// <returns>Whether the connection may go on to be used.</returns>
    private async Task<bool> HandleAsync(ProxyConnection connection, HttpRequestHead request, ProxiedRequest record)
    {
        Fault? fault = request.Headers.Any(header => header.Key == "Authorization" && _expired.ContainsKey(header.Value))
            ? Refusal(401)
            : _plan.Take(request.Verb);
        record.MetAFault = fault is not null;
        if (fault is { AfterCommit: false } && await ApplyAsync(fault, connection, _stopping.Token))
            return !connection.Gone.IsCancellationRequested;
        if (request.Verb == "watch")
            return await WatchAsync(connection, request, record);

        ProxyAnswer answer = await _upstream.SendAsync(request, _stopping.Token);
        record.Status = answer.Status;
        if (fault is { Kind: FaultKind.Replay })
            await _upstream.SendAsync(request, _stopping.Token);
        else if (fault is { AfterCommit: true } && await ApplyAsync(fault, connection, _stopping.Token))
            return !connection.Gone.IsCancellationRequested;
        await connection.WriteAsync(answer.Status, answer.Reason, answer.Headers, answer.Body);
        return true;
    }

    private async Task<bool> WatchAsync(ProxyConnection connection, HttpRequestHead request, ProxiedRequest record)
    {
        using HttpResponseMessage response = await _upstream.OpenAsync(request, connection.Gone);
        await using Stream body = await response.Content.ReadAsStreamAsync(connection.Gone);
        record.Status = (int)response.StatusCode;
        await connection.WriteAsync(record.Status, response.ReasonPhrase ?? "", ProxyAnswer.HeadersOf(response), body: null);
        using ProxyWatch watch = _watches.Add(connection);
        Requests.WatchOpened();
        try
        {
            return await watch.RunAsync(body, () => _watches.AreSilent, Requests);
        }
        finally
        {
            Requests.WatchClosed();
            _watches.Remove(watch);
        }
    }

    /// <returns>Whether the request has been dealt with.</returns>
    private async Task<bool> ApplyAsync(Fault fault, ProxyConnection connection, CancellationToken cancellationToken)
    {
        // The client may give up; what it has sent is under way all the same.
        await Task.Delay(fault.Delay, TimeProvider.System, cancellationToken);
        switch (fault.Kind)
        {
            case FaultKind.Hang:
                using (var over = CancellationTokenSource.CreateLinkedTokenSource(connection.Gone, _healing.Token, cancellationToken))
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token);
                return true;
            case FaultKind.Reset:
                connection.Reset();
                return true;
            case FaultKind.Answer:
                IEnumerable<KeyValuePair<string, string>> headers = fault.Headers.Append(new("Content-Type", "application/json"));
                await connection.WriteAsync(fault.Status, "Fault", headers, Encoding.UTF8.GetBytes(fault.Body));
                return true;
            default:
                return false;
        }
    }

    private static Fault Refusal(int status, TimeSpan? retryAfter = null) => new()
    {
        Kind = FaultKind.Answer,
        Status = status,
        Body = $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the fault proxy says so","code":{{status}}}""",
        Headers = retryAfter is { } time
            ? new Dictionary<string, string> { ["Retry-After"] = time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) }
            : [],
    };

    private static X509Certificate2 CertificateFrom(CertificateAuthority authority)
    {
        (string certificate, string key) = authority.IssueForServer();
        return X509Certificate2.CreateFromPem(certificate, key);
    }
}
