using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>What is said wrongly is told when the app starts.</summary>
public sealed class ForwardToLeaderArgumentTests
{
    [Fact]
    public void ConnectTimeout_OfNothing_IsRefused() => Assert.Equal(
        "ForwardToLeader: ConnectTimeout is 00:00:00, and must be more than 0: the default is 2 seconds. (Parameter 'configure')",
        Refused(options => options.ConnectTimeout = TimeSpan.Zero));

    [Fact]
    public void ActivityTimeout_OfNothing_IsRefused() => Assert.Equal(
        "ForwardToLeader: Request.ActivityTimeout is 00:00:00, and must be more than 0: the "
            + "default is 100 seconds. (Parameter 'configure')",
        Refused(options => options.Request = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.Zero }));

    [Fact]
    public void Nothing_InPlaceOfSomething_IsRefused()
    {
        Assert.Equal(
            "ForwardToLeader: Request is null. Leave it out for YARP's defaults. (Parameter 'configure')",
            Refused(options => options.Request = null!));
        Assert.Equal(
            "ForwardToLeader: Transformer is null. Leave it out for requests that are sent as they are. (Parameter 'configure')",
            Refused(options => options.Transformer = null!));
    }

    [Fact]
    public async Task Endpoint_OfEveryReplica_FailsTheStart()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLeaderElection(options => options.Enabled = false);
        await using WebApplication app = builder.Build();
        app.MapGet("/report", () => "served").ForwardToLeader();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Equal(
            "HTTP: GET /report: It says what a standby answers, and every replica would serve it. Call RequireLeadership() too.",
            exception.Message);
    }

    private static string Refused(Action<LeaderForwardingOptions> configure) =>
        Assert.Throws<ArgumentException>(() => new RouteGroup().ForwardToLeader(configure)).Message;

    private sealed class RouteGroup : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => throw new InvalidOperationException("It must not come to that.");
    }
}
