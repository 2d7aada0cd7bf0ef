using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>Servers that speak HTTP/2 without TLS, as those of gRPC in a cluster do.</summary>
public sealed class Http2Tests : ForwardingTest
{
    [Fact]
    public async Task Request_ByHttp2_IsForwardedByIt_TrailersIncluded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/call")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("books"),
        };

        using HttpResponseMessage answer = await Client.SendAsync(request);

        Assert.Equal("leader_1 by HTTP/2: books", await answer.Content.ReadAsStringAsync());
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    private protected override void Configure(KestrelServerOptions server) =>
        server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);

    private protected override void Map(WebApplication app) =>
        app.MapPost("/call", CallAsync).RequireLeadership().ForwardToLeader(options => options.Request = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });

    private static async Task CallAsync(HttpContext context)
    {
        context.Response.DeclareTrailer("grpc-status");
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync($"{IdentityOf(context)} by {context.Request.Protocol}: {await reader.ReadToEndAsync()}");
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
