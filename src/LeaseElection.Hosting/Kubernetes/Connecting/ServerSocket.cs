using System.Net;
using System.Net.Sockets;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>A TCP connection to the API server.</summary>
internal static class ServerSocket
{
    /// <summary>
    /// How long a connection is quiet before the kernels ask each other whether it is still there: it costs no request, keeps routers from
    /// forgetting the connection of a standby that has nothing to say, and finds out a dead one within a minute.
    /// </summary>
    private const int KeepAliveSeconds = 30;

    private const int ProbeSeconds = 10;
    private const int Probes = 3;

    public static async Task<Socket> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        Socket socket = Create(address);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One that is not connected yet.</summary>
    public static Socket Create(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
