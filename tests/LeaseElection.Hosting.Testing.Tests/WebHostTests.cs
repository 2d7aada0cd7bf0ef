using LeaseElection.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Testing.Tests;

#pragma warning disable ASPDEPR004, ASPDEPR008 // WebHost is obsolete, and what this is about: apps that were never moved from it.

/// <summary>The host from before the Generic Host, which only starts and stops services.</summary>
public sealed class WebHostTests
{
    [Fact]
    public async Task TestServer_OverWebHostBuilder_LeadsLosesAndStops()
    {
        var resource = new FencedResource { Patience = Signal.Patience };
        IWebHostBuilder builder = new WebHostBuilder().Configure(_ => { }).ConfigureServices(services =>
        {
            services.AddLeaderElection(options => options.LeaseName = "app")
                .AddWork((_, term, token) => new FencedWork(resource).RunAsync(term, token));
            services.AddFakeLeaderElection().Patience = Signal.Patience;
        });
        var server = new TestServer(builder);
        var fake = server.Services.GetRequiredService<FakeLeaderElection>();

        LeadershipTerm first = await fake.LeadAsync();
        await resource.UsedAsync();
        await fake.LoseAsync();
        LeadershipTerm second = await fake.LeadAsync();
        await resource.UsedAsync(2);
        fake.Inject(LeaseFault.NoConnection);
        await Task.Run(server.Dispose).WaitAsync(Signal.Patience);

        Assert.True(second.FencingToken > first.FencingToken);
        Assert.Equal((false, LeaderElectionState.Stopped), (second.IsHeld, fake.Election.Status.State));
        resource.Verify();
    }
}
