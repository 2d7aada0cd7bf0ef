using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Two replicas that have two elections each.</summary>
public sealed class SeveralLeasesTests
{
    [Fact]
    public async Task LeadAsync_OfTwoLeasesAtOnce_NeitherIsTakenByAStandby()
    {
        var leases = new InMemoryLeases();
        await using var a = await Replica.StartAsync(leases, "a");
        await using var b = await Replica.StartAsync(leases, "b");

        for (int i = 0; i < 5; i++)
        {
            await Task.WhenAll(a.Reports.LeadAsync(), a.Mails.LeadAsync());
            Assert.Equal(("a", "a"), (leases.HolderOf("reports"), leases.HolderOf("mails")));
            await Task.WhenAll(a.Reports.LoseAsync(), a.Mails.LoseAsync());
        }
    }

    private sealed class Replica(IHost host, FakeLeaderElection reports, FakeLeaderElection mails) : IAsyncDisposable
    {
        public FakeLeaderElection Reports => reports;

        public FakeLeaderElection Mails => mails;

        public static async Task<Replica> StartAsync(InMemoryLeases leases, string identity)
        {
            HostApplicationBuilder builder = FakeReplica.NewBuilder(
                "Production", ("LeaderElection:reports:LeaseName", "reports"), ("LeaderElection:mails:LeaseName", "mails"));
            builder.Services.AddLeaderElection("reports", options => options.Identity = identity);
            builder.Services.AddLeaderElection("mails", options => options.Identity = identity);
            FakeLeaderElection reports = builder.Services.AddFakeLeaderElection("reports", leases);
            FakeLeaderElection mails = builder.Services.AddFakeLeaderElection("mails", leases);
            IHost host = builder.Build();
            await host.StartAsync();
            return new Replica(host, reports, mails);
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
