using LeaseElection.Hosting.Testing;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>The testing kit needs nothing of its own for an app that forwards.</summary>
public sealed class AppUnderTestTests
{
    [Fact]
    public async Task OtherReplica_IsWhereATestSays()
    {
        await using WebReplica other = await WebReplica.StartAsync("pod-7", app => app.MapGet("/report", () => "of pod-7"));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddLeaderElection().PublishEndpoint();
        builder.Services.AddFakeLeaderElection().Patience = Signal.Patience;
        await using WebApplication app = builder.Build();
        app.MapGet("/report", () => "of the app").RequireLeadership().ForwardToLeader();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        FakeLeaderElection election = app.Services.GetRequiredService<FakeLeaderElection>();

        await election.HolderIsAsync("pod-7");
        await election.SetNoteAsync("leader-endpoint", other.Address.AbsoluteUri);
        Assert.Equal("of pod-7", await client.GetStringAsync("/report"));

        await election.LeadAsync();
        Assert.Equal("of the app", await client.GetStringAsync("/report"));
        Assert.Equal(client.BaseAddress, election.Election.Status.LeaderEndpoint);
    }
}
