using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeaseElection.Testing.Proxy;

/// <summary>
/// A proxy as companies have them: HTTP (CONNECT) and SOCKS 5 on one port. It leads to one port of this machine, whatever it is asked for,
/// so that a test can ask for names and addresses that are nowhere.
/// </summary>
internal sealed class ForwardProxy : IAsyncDisposable
{
    private const byte Socks = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly bool _refuses;
    private readonly string? _user;
    private readonly Task _accepting;

    /// <param name="target">The port it leads to.</param>
    /// <param name="refuses">Whether it refuses instead.</param>
    /// <param name="user">Whom it lets through, <c>user:password</c>.</param>
    public ForwardProxy(int target, bool refuses = false, string? user = null)
    {
        (_target, _refuses, _user) = (target, refuses, user);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, <c>127.0.0.1:port</c>.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using TcpClient client = accepted;
        try
        {
            NetworkStream stream = client.GetStream();
            byte[] first = new byte[1];
            await stream.ReadExactlyAsync(first, _stopping.Token);
            if (!await (first[0] == Socks ? AgreeBySocksAsync(stream) : AgreeByHttpAsync(stream)))
                return;
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            // The end of one direction is the end of both.
            await Task.WhenAny(
                stream.CopyToAsync(server.GetStream(), _stopping.Token), server.GetStream().CopyToAsync(stream, _stopping.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Somebody has gone.
        }
    }

    private async Task<bool> AgreeByHttpAsync(NetworkStream stream)
    {
        while (true)
        {
            string head = await ReadHeadAsync(stream);
            bool isKnown = _user is null
                || head.Contains(
                    $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(_user))}\r\n", StringComparison.Ordinal);
            // Beside the one that is used, others are offered, as by proxies of domains.
            string answer = !isKnown
                ? "407 Who are you\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n"
                : _refuses ? "403 Forbidden\r\nContent-Length: 0\r\n" : "200 Connected\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\n"), _stopping.Token);
            if (isKnown)
                return !_refuses;
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _stopping.Token);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    /// <summary>RFC 1928, without a user.</summary>
    private async Task<bool> AgreeBySocksAsync(NetworkStream stream)
    {
        byte[] methods = await ReadAsync(stream, (await ReadAsync(stream, 1))[0]);
        await stream.WriteAsync(methods.Contains((byte)0) ? [Socks, 0] : new byte[] { Socks, 0xff }, _stopping.Token);
        byte[] request = await ReadAsync(stream, 4);
        int length = request[3] switch { 1 => 4, 4 => 16, _ => (await ReadAsync(stream, 1))[0] };
        await ReadAsync(stream, length + 2);
        byte[] answer = [Socks, (byte)(_refuses ? 2 : 0), 0, 1, 127, 0, 0, 1, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(8), (ushort)_target);
        await stream.WriteAsync(answer, _stopping.Token);
        return !_refuses;
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _stopping.Token);
        return bytes;
    }
}
