using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>What an app changes of requests.</summary>
internal sealed class OwnTransformer : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = "internal.example";
        proxyRequest.Headers.Remove("X-Forwarded-For");
        proxyRequest.Headers.Add("X-Forwarded-For", "no, thank you");
    }
}
