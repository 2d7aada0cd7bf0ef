using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LeaseElection.Sidecar.Flags;

/// <summary>
/// An address as Go's <c>http.ListenAndServe</c> takes it: <c>:4040</c>, <c>0.0.0.0:4040</c>, <c>localhost:4040</c>, <c>[::1]:4040</c>.
/// </summary>
/// <param name="Host">Empty: every address of this machine.</param>
/// <param name="Port">0: one that is free.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    /// <summary>Of both families, where there are both.</summary>
    private static IPAddress Every => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public static bool TryParse(string text, out ListenAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return false;
        string host = text[..colon];
        if (host is ['[', .. string inner, ']'])
            host = inner;
        else if (host.Contains(':', StringComparison.Ordinal))
            return false; // An IPv6 address without brackets: where does the port begin?
        if (host.Length > 0 && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return false;
        address = new ListenAddress(host, port);
        return true;
    }

    /// <summary>What to listen on.</summary>
    /// <exception cref="SocketException">The name of the host is not known.</exception>
    public ListenPlan Resolve() => ListenPlan.Of(Addresses(), Port, ListenPlan.IsOfThisMachine);

    public override string ToString() =>
        (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);

    private IPAddress[] Addresses()
    {
        if (!IPAddress.TryParse(Host, out IPAddress? address))
            return Host.Length == 0 ? [Every] : Dns.GetHostAddresses(Host);

        // As for Go, 0.0.0.0 means IPv6 too: a Pod of a cluster without IPv4 is probed there.
        return [address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Every : address];
    }
}
