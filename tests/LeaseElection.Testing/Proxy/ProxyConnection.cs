using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace LeaseElection.Testing.Proxy;

/// <summary>
/// One connection of a client: reads requests, writes answers, and can stop doing either in every way that networks do. What it reads goes
/// through a pipe, so that the client's going away is seen also while a request is being answered.
/// </summary>
internal sealed class ProxyConnection(Socket socket, ProxyTraffic traffic, Func<TimeSpan> forgetsAfter) : IAsyncDisposable
{
    private readonly Pipe _received = new();
    private readonly CancellationTokenSource _gone = new(); // Never disposed: a test may reset what is just ending.
    private readonly SemaphoreSlim _writing = new(1);
    private SslStream? _tls;
    private Task _pumping = Task.CompletedTask;
    private volatile bool _isBlackHole;
    private bool _hasSwallowed;
    private long _lastSaid = TimeProvider.System.GetTimestamp();

    /// <summary>Fires when the client has closed, or the proxy has reset, the connection.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Both sides may go on talking; nobody hears.</summary>
    public bool IsBlackHole => _isBlackHole;

    /// <summary>From now on nothing gets through, in either direction, for as long as the connection lives.</summary>
    public void BlackHole() => _isBlackHole = true;

    public async Task SecureAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken)
    {
        _tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await _tls.AuthenticateAsServerAsync(options, cancellationToken);
        _pumping = PumpAsync(_tls);
    }

    /// <summary>Reads what the client still sends, in whatever language, until it gives up.</summary>
    public async Task SwallowAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
            Swallow();
    }

    /// <summary>The next request that gets through; <see langword="null"/> when none comes any more.</summary>
    public async Task<HttpRequestHead?> ReadAsync(CancellationToken cancellationToken)
    {
        HttpRequestHead? request;
        do
            request = await HttpRequestHead.ReadAsync(_received.Reader, cancellationToken);
        while (request is not null && IsBlackHole);
        return request;
    }

    /// <summary>Writes the head of an answer, and its body unless that comes in chunks.</summary>
    public Task WriteAsync(int status, string reason, IEnumerable<KeyValuePair<string, string>> headers, byte[]? body)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} {reason}\r\n");
        foreach ((string name, string value) in headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        head.Append(body is null ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n");
        byte[] bytes = [.. Encoding.ASCII.GetBytes(head.ToString()), .. body ?? []];
        return SendAsync(bytes);
    }

    /// <summary>Writes one chunk of a body; an empty one is the last.</summary>
    public Task WriteChunkAsync(ReadOnlyMemory<byte> chunk)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk.Span, .. "\r\n"u8];
        return SendAsync(bytes);
    }

    /// <summary>Ends the connection in the middle of whatever was being said, without an error.</summary>
    public void Shut(SocketShutdown how) => socket.Shutdown(how);

    /// <summary>Ends it with a reset, as a router that has forgotten it does.</summary>
    public void Reset()
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client was faster.
        }

        socket.Dispose();
        _gone.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        // Not gracefully through TLS, which would write to a client that may not read.
        socket.Dispose();
        await _pumping;
        if (_tls is not null)
            await _tls.DisposeAsync();
        _writing.Dispose();
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _writing.WaitAsync(Gone);
        try
        {
            Say();
            if (!IsBlackHole)
                await _tls!.WriteAsync(bytes, Gone);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Something is said, by either side: too late if it comes after too long a pause.</summary>
    private void Say()
    {
        long now = TimeProvider.System.GetTimestamp();
        if (forgetsAfter() is var limit && limit > TimeSpan.Zero
            && TimeProvider.System.GetElapsedTime(Interlocked.Exchange(ref _lastSaid, now), now) > limit)
        {
            BlackHole();
        }
    }

    private void Swallow()
    {
        traffic.Swallowed(isFirst: !_hasSwallowed);
        _hasSwallowed = true;
    }

    private async Task PumpAsync(SslStream tls)
    {
        try
        {
            while (true)
            {
                int read = await tls.ReadAsync(_received.Writer.GetMemory());
                if (read == 0)
                    break;
                Say();
                if (IsBlackHole)
                {
                    Swallow();
                    continue;
                }

                _received.Writer.Advance(read);
                await _received.Writer.FlushAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            // Closed, by either side.
        }

        await _received.Writer.CompleteAsync();
        await _gone.CancelAsync();
    }
}
