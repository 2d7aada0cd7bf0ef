using System.Net;
using System.Net.Sockets;

namespace LeaseElection.Sidecar.Flags;

/// <summary>What to listen on for <c>--http</c>.</summary>
/// <param name="EndPoints">Never empty.</param>
/// <param name="Missing">
/// What the name stands for too, but this machine does not have: where IPv6 is off, the file of hosts says all the same that localhost
/// is <c>::1</c>.
/// </param>
internal sealed record ListenPlan(IReadOnlyList<IPEndPoint> EndPoints, IReadOnlyList<IPAddress> Missing)
{
    /// <summary>
    /// Leaves out what is missing; if that is all, nothing, so that the attempt to listen tells why. Any other obstacle is left to that
    /// attempt, too: what another program listens on, it also answers on, to apps that are meant to ask us.
    /// </summary>
    public static ListenPlan Of(IReadOnlyList<IPAddress> addresses, int port, Func<IPAddress, bool> isOfThisMachine)
    {
        IPAddress[] missing = [.. addresses.Where(address => !isOfThisMachine(address))];
        if (missing.Length == addresses.Count)
            missing = [];
        IEnumerable<IPAddress> found = addresses.Except(missing).Take(port == 0 ? 1 : int.MaxValue); // Each would get another port.
        return new ListenPlan([.. found.Select(address => new IPEndPoint(address, port))], missing);
    }

    /// <summary>Tried at a port that is free: no other way tells for all the ways in which IPv6 can be off.</summary>
    public static bool IsOfThisMachine(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is not (SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported);
        }
    }
}
