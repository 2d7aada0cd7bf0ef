using System.Net;
using System.Net.Sockets;

namespace LeaseElection.Testing.Proxy;

/// <summary>
/// A port of this machine that swallows packets: nobody accepts there and the queue is full, so that the kernel drops whoever wants to
/// connect, without a word. Needs no rights. The same port of 127.0.0.1 is left to others.
/// </summary>
public sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    private BlackHole(int port)
    {
        _listener.Bind(new IPEndPoint(Address, port));
        _listener.Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    /// <summary>127.0.0.2.</summary>
    public static IPAddress Address { get; } = new([127, 0, 0, 2]);

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Opens one, on any port if none is given.</summary>
    public static async Task<BlackHole> OpenAsync(int port = 0)
    {
        var hole = new BlackHole(port);
        // How many fit in is the kernel's secret.
        while (await hole.IsOpenAsync())
        {
        }
        return hole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Socket socket in _queue)
            socket.Dispose();
        _listener.Dispose();
    }

    private async Task<bool> IsOpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _queue.Add(socket);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        try
        {
            await socket.ConnectAsync(Address, Port, patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
