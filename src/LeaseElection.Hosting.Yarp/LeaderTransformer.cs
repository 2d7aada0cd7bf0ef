using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>
/// Has the leader see the request as the standby did: its host, its path base, and whom it came from. Then what the app changes.
/// </summary>
internal sealed class LeaderTransformer(HttpTransformer next) : HttpTransformer
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await next.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        HttpRequest request = httpContext.Request;
        proxyRequest.RequestUri ??= RequestUtilities.MakeDestinationAddress(destinationPrefix, request.PathBase + request.Path, request.QueryString);
        proxyRequest.Headers.Host ??= request.Host.Value;
        Append(proxyRequest, ForwardedFor, httpContext.Connection.RemoteIpAddress?.ToString());
        AddMissing(proxyRequest, ForwardedHost, request.Host.Value);
        AddMissing(proxyRequest, ForwardedProto, request.Scheme);
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken) =>
        next.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        next.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);

    /// <summary>What a proxy before us has said of the client stays in front of what we say of that proxy.</summary>
    private static void Append(HttpRequestMessage request, string header, string? value)
    {
        if (value is null)
            return;
        string[] before = request.Headers.TryGetValues(header, out IEnumerable<string>? values) ? [.. values] : [];
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, string.Join(", ", [.. before, value]));
    }

    private static void AddMissing(HttpRequestMessage request, string header, string? value)
    {
        if (value is not null && !request.Headers.Contains(header))
            request.Headers.TryAddWithoutValidation(header, value);
    }
}
