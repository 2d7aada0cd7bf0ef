using System.Net;
using System.Net.Sockets;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// Ports for programs that want a number. Below the range from which Linux takes the ports of outgoing connections
/// (32768 and up): else one of those could get ours while the API server is down between a kill and a restart.
/// </summary>
internal static class UnusedPorts
{
    public static int[] Take(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (IsUnused(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsUnused(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
