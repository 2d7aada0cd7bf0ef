using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>Where the server of this process can be reached from elsewhere.</summary>
internal static class KestrelEndpoint
{
    /// <summary>
    /// The first address that the server listens at, by <c>http</c> if there is one: between Pods a certificate for an IP address is rare. An
    /// address that stands for all of this machine's gets the Pod's.
    /// </summary>
    /// <param name="server">The server; none in tests.</param>
    /// <param name="podAddress">The variable <c>POD_IP</c>.</param>
    public static Uri? Of(IServer? server, string? podAddress)
    {
        ICollection<string> addresses = server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        BindingAddress[] known = [.. addresses.Select(BindingAddress.Parse).Where(address => !address.IsUnixPipe && !address.IsNamedPipe)];
        return (Array.Find(known, address => address.Scheme == Uri.UriSchemeHttp) ?? known.FirstOrDefault()) is { } bound
            ? UriOf(bound, podAddress)
            : null;
    }

    private static Uri? UriOf(BindingAddress bound, string? podAddress)
    {
        string host = bound.Host.Trim('[', ']');
        bool isAny = !IPAddress.TryParse(host, out IPAddress? address) ? host is "*" or "+" : address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        if (isAny && !IPAddress.TryParse(podAddress, out address))
            return null;
        string shown = address is null ? host : address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return new UriBuilder(bound.Scheme, shown, bound.Port).Uri;
    }
}
