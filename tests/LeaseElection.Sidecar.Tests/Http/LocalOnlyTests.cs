using System.Net;
using LeaseElection.Sidecar.Http;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Tests.Http;

public sealed class LocalOnlyTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:4040", true)]
    [InlineData("127.0.0.1", "127.0.0.1:4040", true)]
    [InlineData("127.0.0.6", "localhost:4040", false)] // Istio's sidecar, for anybody.
    [InlineData("::1", "[::1]:4040", true)]
    [InlineData("::ffff:127.0.0.1", "localhost", true)]
    [InlineData("10.0.0.7", "localhost:4040", false)]
    [InlineData("::ffff:10.0.0.7", "localhost:4040", false)]
    [InlineData("127.0.0.1", "elector.prod.svc:4040", false)]
    [InlineData("127.0.0.1", "localhost.evil.example:4040", false)]
    [InlineData("127.0.0.1", "", false)]
    public void IsLocal_ByTheConnectionAndTheHost(string remote, string host, bool isLocal) =>
        Assert.Equal(isLocal, LocalOnly.IsLocal(Request(remote, host)));

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 envoy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("x-forwarded-proto", "http")]
    [InlineData("x-envoy-attempt-count", "1")]
    public void IsLocal_ThroughAProxy_No(string header, string value)
    {
        HttpContext context = Request("127.0.0.1", "localhost:4040");
        context.Request.Headers[header] = value;
        Assert.False(LocalOnly.IsLocal(context));
    }

    [Fact]
    public async Task Guard_NotLocal_RefusesInOneLineAndServesNothing()
    {
        HttpContext context = Request("10.0.0.7", "localhost:4040");
        using var body = new MemoryStream();
        context.Response.Body = body;
        await LocalOnly.Guard(_ => throw new InvalidOperationException("served"))(context);
        Assert.Equal(StatusCodes.Status403Forbidden, context.Response.StatusCode);
        Assert.Equal(
            "step-down is accepted from this machine or pod only: curl -X POST http://localhost:PORT/step-down\n",
            System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    private static DefaultHttpContext Request(string remote, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Request.Host = new HostString(host);
        return context;
    }
}
