using System.Net;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Http;

/// <summary>
/// Lets in who connects from this machine or pod. The address of the connection alone counts, not what a header claims; what came through
/// a proxy is refused, because then the proxy is who connects; and so is a host that is not this one, because a page may have told
/// its browser that its own name is 127.0.0.1.
/// </summary>
internal static class LocalOnly
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via"];
    private static readonly string[] ProxyPrefixes = ["X-Forwarded-", "X-Envoy-"];

    public static RequestDelegate Guard(RequestDelegate serve) => context => IsLocal(context) ? serve(context) : RefuseAsync(context);

    internal static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IsLoopback(address)
        && IsLoopback(context.Request.Host.Host)
        && !context.Request.Headers.Keys.Any(IsOfProxy);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "step-down is accepted from this machine or pod only: curl -X POST http://localhost:PORT/step-down\n", context.RequestAborted);
    }

    private static bool IsOfProxy(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(ProxyPrefixes, prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Not all of 127.0.0.0/8: Istio's sidecar connects from 127.0.0.6 for whoever has sent it something.</summary>
    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IPv6Loopback.Equals(address) || IPAddress.Loopback.Equals(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IsLoopback(address));
}
