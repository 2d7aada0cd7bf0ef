using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>Where the server of this process can be reached from elsewhere.</summary>
internal static class KestrelEndpoint
{
    private const string Variable = "POD_IP";

    private const string Way =
        "In a Pod set it by the downward API (fieldPath: status.podIP); elsewhere say the address: PublishEndpoint(uri).";

    /// <summary>
    /// The first address that the server listens at, by <c>http</c> if there is one: between Pods a certificate for an IP address is rare.
    /// An address that stands for all of this machine's gets the Pod's; in development this machine is the only one.
    /// </summary>
    /// <param name="server">The server; one without addresses, as tests have it, can be reached nowhere.</param>
    /// <param name="podAddress">The variable <c>POD_IP</c>.</param>
    /// <param name="isDevelopment">Whether all replicas run on the machine of a developer.</param>
    /// <exception cref="InvalidOperationException">It cannot be told where.</exception>
    public static Uri? Of(IServer? server, string? podAddress, bool isDevelopment)
    {
        if (server?.Features.Get<IServerAddressesFeature>()?.Addresses is not { Count: > 0 } addresses)
            return null;
        BindingAddress[] known =
            [.. addresses.Select(BindingAddress.Parse).Where(address => !address.IsUnixPipe && !address.IsNamedPipe)];
        BindingAddress bound = Array.Find(known, address => address.Scheme == Uri.UriSchemeHttp) ?? known.FirstOrDefault()
            ?? throw new InvalidOperationException(
                $"The server listens at {string.Join(", ", addresses)}, where no other machine connects. Say the address: "
                + "PublishEndpoint(uri).");
        if (isDevelopment && string.IsNullOrWhiteSpace(podAddress))
            podAddress = IPAddress.Loopback.ToString();
        return new UriBuilder(bound.Scheme, StandsForAll(bound) ? PodAddress(bound, podAddress) : bound.Host, bound.Port).Uri;
    }

    private static bool StandsForAll(BindingAddress bound) => IPAddress.TryParse(bound.Host, out IPAddress? address)
        ? address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        : bound.Host is "*" or "+";

    private static string PodAddress(BindingAddress bound, string? text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
            return address.ToString();
        string found = string.IsNullOrWhiteSpace(text) ? "not set" : $"\"{text}\", which is no IP address";
        throw new InvalidOperationException(
            $"The server listens at {bound}, which is all addresses of this machine, and the variable {Variable} is {found}. {Way}");
    }
}
