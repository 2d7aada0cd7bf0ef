using System.Net;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Which addresses are dialled for what a name resolves to, and in which order.</summary>
internal static class DialTargets
{
    /// <summary>
    /// IPv4 and IPv6 by turns (RFC 8305, section 4), beginning with what the resolver put first: where one of them is announced and leads
    /// nowhere, the second attempt already takes the other.
    /// </summary>
    public static IReadOnlyList<IPEndPoint> Of(IEnumerable<IPAddress> resolved, int port)
    {
        IPAddress[] addresses = [.. resolved.Select(Dialled).Distinct()];
        ILookup<bool, IPAddress> families = addresses.ToLookup(address => address.AddressFamily == addresses[0].AddressFamily);
        return
        [
            .. Turns(families[true], isFirst: true).Concat(Turns(families[false], isFirst: false))
                .OrderBy(turn => turn.Number)
                .Select(turn => new IPEndPoint(turn.Address, port)),
        ];
    }

    private static IEnumerable<(int Number, IPAddress Address)> Turns(IEnumerable<IPAddress> family, bool isFirst) =>
        family.Select((address, index) => (2 * index + (isFirst ? 0 : 1), address));

    /// <summary>
    /// 0.0.0.0 and [::] are where a server listens, on every address of its machine. Development clusters (k3d) write them into
    /// kubeconfigs, as the address of a server on this machine: Go dials loopback for them, where .NET refuses.
    /// </summary>
    private static IPAddress Dialled(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : address;
    }
}
