using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>What is said wrongly is told when the app starts.</summary>
public sealed class ForwardToLeaderArgumentTests
{
    [Fact]
    public void ConnectTimeout_OfNothing_IsRefused() => Assert.StartsWith(
        "options.ConnectTimeout ('00:00:00') must be greater than '00:00:00'.",
        Refused(options => options.ConnectTimeout = TimeSpan.Zero).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ActivityTimeout_OfNothing_IsRefused() => Assert.StartsWith(
        "options.Request.ActivityTimeout ('00:00:00') must be greater than '00:00:00'.",
        Refused(options => options.Request = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.Zero }).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Transformer_Null_IsRefused() => Assert.Equal("options.Transformer", Refused(options => options.Transformer = null!).ParamName);

    [Fact]
    public async Task Endpoint_OfEveryReplica_FailsTheStart()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLeaderElection(options => options.Enabled = false);
        await using WebApplication app = builder.Build();
        app.MapGet("/report", () => "served").ForwardToLeader();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Equal("HTTP: GET /report: It says what a standby answers, and every replica would serve it. Call RequireLeadership() too.", exception.Message);
    }

    private static ArgumentException Refused(Action<LeaderForwardingOptions> configure) =>
        Assert.ThrowsAny<ArgumentException>(() => new RouteGroup().ForwardToLeader(configure));

    private sealed class RouteGroup : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => throw new InvalidOperationException("It must not come to that.");
    }
}
