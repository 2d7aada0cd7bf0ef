using System.Net;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>More than one host, lease and election at once.</summary>
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

    [Fact]
    public async Task AdvanceAsync_WhileAnotherHostIsInItsStart_DoesNotWaitForIt()
    {
        var leases = new InMemoryLeases();
        await using FakeReplica a = await FakeReplica.StartAsync(new FencedWork(new FencedResource()), leases, "a");
        var slow = new SlowService();
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Production", ("LeaderElection:LeaseName", "app"));
        builder.Services.AddSingleton<IHostedService>(slow);
        builder.Services.AddLeaderElection(options => options.Identity = "b");
        FakeLeaderElection fake = builder.Services.AddFakeLeaderElection(leases);
        fake.Patience = TimeSpan.FromMinutes(5);
        Task<FakeReplica> starting = FakeReplica.StartAsync(builder, fake);

        await leases.AdvanceAsync(TimeSpan.FromSeconds(2)).WaitAsync(Signal.Patience);

        slow.Started.SetResult();
        await using FakeReplica b = await starting;
        Assert.True((await fake.LeadAsync()).IsHeld);
    }

    [Fact]
    public async Task LeadAsync_NeedsTimeWhileTheWriteOfAnotherIsWithheld_LetsItPass()
    {
        var leases = new InMemoryLeases();
        await using FakeReplica a = await FakeReplica.StartAsync(new FencedWork(new FencedResource()), leases, "a");
        await using FakeReplica b = await FakeReplica.StartAsync(new FencedWork(new FencedResource()), leases, "b");
        a.Fake.Patience = b.Fake.Patience = TimeSpan.FromMinutes(5);
        b.Fake.Inject(LeaseFault.Refusal(HttpStatusCode.InternalServerError), LeaseVerbs.Update, times: 1);

        Assert.True((await b.Fake.LeadAsync().WaitAsync(Signal.Patience)).IsHeld);
    }

    private sealed class SlowService : IHostedService
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Started.Task;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
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
            reports.Patience = mails.Patience = Signal.Patience;
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
