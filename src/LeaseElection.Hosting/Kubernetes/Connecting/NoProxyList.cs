using System.Globalization;
using System.Net;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The servers that NO_PROXY exempts, by the rules of Go, which kubectl and all of Kubernetes read it by. .NET reads the same text
/// otherwise: it knows no ranges, so that a pod with <c>10.0.0.0/8</c> in it would look for its API server at a proxy outside.
/// <list type="bullet">
/// <item><c>*</c>: every server.</item>
/// <item><c>10.0.0.0/8</c>, <c>fd00::/8</c>: a range. It is compared with a server that is given as an address; no name is resolved for
/// it.</item>
/// <item><c>10.0.0.1</c>, <c>10.0.0.1:6443</c>, <c>fd00::1</c>, <c>[fd00::1]:6443</c>: an address, on all ports or on one.</item>
/// <item><c>corp.example</c>: a name, and all below it; <c>.corp.example</c> and <c>*.corp.example</c>: all below it. A port may
/// follow.</item>
/// </list>
/// </summary>
internal static class NoProxyList
{
    /// <param name="list">Entries with commas between; what makes no sense exempts nothing.</param>
    /// <param name="host">The server: an address without brackets, or a name in the form that DNS knows.</param>
    /// <param name="port">The server's port.</param>
    public static bool Exempts(string list, string host, int port)
    {
        string name = host.ToLowerInvariant();
        IPAddress? address = Address(name);
        return list.ToLowerInvariant()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Any(entry => entry == "*" || Covers(entry, name, address, port));
    }

    private static bool Covers(string entry, string name, IPAddress? address, int port)
    {
        if (Range(entry) is var (start, length))
            return address is not null && IsWithin(address, start, length);

        (string host, string? wantedPort) = SplitPort(entry);
        if (host.Length == 0 || (wantedPort is { Length: > 0 } && wantedPort != port.ToString(CultureInfo.InvariantCulture)))
            return false;
        return Address(host) is { } wanted ? wanted.Equals(address) : IsBelow(name, Ascii(host));
    }

    /// <summary>
    /// An address as Go reads it: nothing abbreviated, no zone. One of IPv4 that is written as one of IPv6 is that of IPv4.
    /// </summary>
    private static IPAddress? Address(string text)
    {
        bool isWhole = text.Contains(':', StringComparison.Ordinal)
            ? text.AsSpan().IndexOfAny('[', ']', '%') < 0
            : text.Split('.') is { Length: 4 } parts && parts.All(part => part is "0" || part is [>= '1' and <= '9', ..]);
        return isWhole && IPAddress.TryParse(text, out IPAddress? address)
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            : null;
    }

    private static (IPAddress Start, int Length)? Range(string entry)
    {
        if (entry.Split('/') is not [var text, var bits]
            || Address(text) is not { } start
            || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            return null;
        }
        int whole = start.GetAddressBytes().Length * 8;
        if (text.Contains(':', StringComparison.Ordinal) && whole == 32)
            length -= 96; // ::ffff:10.0.0.0/104
        return length >= 0 && length <= whole ? (start, length) : null;
    }

    private static bool IsWithin(IPAddress address, IPAddress start, int length)
    {
        if (address.AddressFamily != start.AddressFamily)
            return false;
        ReadOnlySpan<byte> one = address.GetAddressBytes();
        ReadOnlySpan<byte> other = start.GetAddressBytes();
        int bytes = length / 8;
        return one[..bytes].SequenceEqual(other[..bytes])
            && (length % 8 == 0 || (one[bytes] ^ other[bytes]) >> (8 - length % 8) == 0);
    }

    /// <summary>
    /// The port of <c>host:port</c> or <c>[address]:port</c>; <see langword="null"/> for what is neither, as an address of IPv6 is.
    /// </summary>
    private static (string Host, string? Port) SplitPort(string entry)
    {
        int colon = entry.LastIndexOf(':');
        if (colon < 0)
            return (entry, null);
        string host = entry[..colon];
        if (host is ['[', .., ']'])
            return (host[1..^1], entry[(colon + 1)..]);
        return host.AsSpan().IndexOfAny(':', '[', ']') < 0 ? (host, entry[(colon + 1)..]) : (entry, null);
    }

    private static bool IsBelow(string name, string entry)
    {
        string domain = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[1..] : entry;
        return domain[0] == '.'
            ? name.EndsWith(domain, StringComparison.Ordinal)
            : name == domain || name.EndsWith("." + domain, StringComparison.Ordinal);
    }

    private static string Ascii(string name)
    {
        if (System.Text.Ascii.IsValid(name))
            return name;
        // A dot or a star before a name is no part of it.
        int start = name.StartsWith("*.", StringComparison.Ordinal) ? 2 : name[0] == '.' ? 1 : 0;
        try
        {
            return name[..start] + new IdnMapping().GetAscii(name[start..]);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
