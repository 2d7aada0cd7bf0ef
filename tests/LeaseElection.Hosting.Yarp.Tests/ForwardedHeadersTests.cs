using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>The leader sees of a client what the standby has seen, and believes no more of it.</summary>
public sealed class ForwardedHeadersTests : ForwardingTest
{
    [Fact]
    public async Task Leader_SeesWhoWasAskedAndByWhom()
    {
        Echo echo = await AskAsync("/echo");

        Assert.Equal(
            ("127.0.0.1", Standby.Address.Authority, "http", "standby_1"),
            (
                echo.Header("X-Forwarded-For"), echo.Header("X-Forwarded-Host"), echo.Header("X-Forwarded-Proto"),
                echo.Header(ForwardedRequest.Guard)));
    }

    [Fact]
    public async Task ClientOfAProxy_IsStillNamedFirst()
    {
        Echo echo = await AskAsync(
            "/echo", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.example"));

        Assert.Equal(
            ("203.0.113.7,127.0.0.1", "https,http", "shop.example," + Standby.Address.Authority),
            (echo.Header("X-Forwarded-For"), echo.Header("X-Forwarded-Proto"), echo.Header("X-Forwarded-Host")));
    }

    [Fact]
    public async Task WhatAClientMakesUp_IsNotBelievedForComingFromAReplica()
    {
        // The standby believes no client; the leader believes what comes from a replica.
        Echo echo = await AskAsync(
            "/trusting/echo", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"));

        Assert.Equal(("http://" + Standby.Address.Authority, "127.0.0.1"), (echo.Host, echo.Header("Seen-Client")));
    }

    [Fact]
    public async Task Transformer_HasTheLastWord()
    {
        Echo echo = await AskAsync("/own/echo");

        Assert.Equal(("http://internal.example", "no, thank you"), (echo.Host, echo.Header("X-Forwarded-For")));
    }

    private protected override void Map(WebApplication app)
    {
        var trusting = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/trusting", StringComparison.Ordinal) && IdentityOf(context) == "leader_1",
            branch => branch.UseForwardedHeaders(trusting).Use((context, next) =>
            {
                context.Request.Headers["Seen-Client"] = context.Connection.RemoteIpAddress?.ToString();
                return next(context);
            }));
        app.UseRouting();
        app.MapPut("/echo", EchoAsync).RequireLeadership().ForwardToLeader();
        app.MapPut("/trusting/echo", EchoAsync).RequireLeadership().ForwardToLeader();
        app.MapPut("/own/echo", EchoAsync).RequireLeadership().ForwardToLeader(options => options.Transformer = new OwnTransformer());
    }

    private async Task<Echo> AskAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent("books") };
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        using HttpResponseMessage answer = await Client.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Echo>())!;
    }
}
