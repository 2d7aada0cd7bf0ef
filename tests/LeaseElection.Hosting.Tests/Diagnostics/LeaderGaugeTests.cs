using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;

namespace LeaseElection.Hosting.Tests;

/// <summary>Who leads, as users sum it up over their replicas.</summary>
public sealed class LeaderGaugeTests : HostTest
{
    private const string Leader = "leader_election.leader";
    private const string RenewalAge = "leader_election.lease.renewal.age";

    [Fact]
    public async Task HandOver_TwoHosts_OneLeaderBeforeAndAfter()
    {
        (ElectionHost first, ElectionHost second) = (NewHost("first"), NewHost("second"));
        first.AddElection().AddWork(Work.RunAsync);
        second.AddElection().AddWork(Work.RunAsync);
        using var ofFirst = new MeasurementRecorder(first.Host.Services);
        using var ofSecond = new MeasurementRecorder(second.Host.Services);
        await first.StartAndLeadAsync();
        await second.StartAsync();
        await second.Logs.WaitForAsync("HolderChanged");
        await Server.UntilAsync(server => server.OpenWatches == 2);
        Assert.Equal((1, 0), (Only(ofFirst, Leader), Only(ofSecond, Leader)));
        Assert.Equal((1, 0), (ofFirst.Observe(RenewalAge).Count, ofSecond.Observe(RenewalAge).Count));

        await first.StopAsync();
        await second.LeadAsync();

        Assert.Equal((0, 1), (Only(ofFirst, Leader), Only(ofSecond, Leader)));
        Assert.Equal((0, 1), (ofFirst.Observe(RenewalAge).Count, ofSecond.Observe(RenewalAge).Count));
    }

    [Fact]
    public async Task Leader_WhileItDrains_IsOneUntilTheLeaseIsGivenUp()
    {
        Work.Obeys = false;
        ElectionHost host = NewHost();
        host.AddElection().AddWork(Work.RunAsync);
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = host.StopAsync();
        await Work.ToldToStopAsync();
        Assert.Equal(1, Only(recorder, Leader));

        Work.Return();
        await stopping;
        Assert.Equal(0, Only(recorder, Leader));
    }

    /// <summary>Nothing is awaited after the clock has moved: whether the loop got to run or not must make no difference.</summary>
    [Fact]
    public async Task Leader_DeadlineHasPassed_IsZeroByTheClock()
    {
        ElectionHost host = NewHost();
        host.AddElection();
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAndLeadAsync();
        host.Store.All(FakeFault.Fail);

        Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, Only(recorder, Leader));
        Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(0, Only(recorder, Leader));
        Assert.Empty(recorder.Observe(RenewalAge));
    }

    [Fact]
    public async Task RenewalAge_CountsFromWhenTheLastRenewalWasSent()
    {
        ElectionHost host = NewHost();
        host.AddElection();
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAndLeadAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Only(recorder, RenewalAge), 0.001);

        host.Store.Next(FakeFault.Late);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Server.UntilAsync(server => server.Written.Count == 2);
        Time.Advance(TimeSpan.FromSeconds(0.5));
        host.Store.DeliverLate();
        await host.Logs.WaitForAsync("Renewed");
        Assert.Equal(0.5, Only(recorder, RenewalAge), 0.001);
    }

    [Fact]
    public async Task SeveralElectionsInOneHost_AreToldApartByTheirLeases()
    {
        var busy = new FakeLeaseServer(Time);
        busy.Edit(_ => new Hosting.Leases.LeaseRecord
        {
            HolderIdentity = "other",
            LeaseDurationSeconds = 3600,
            AcquireTime = DateTimeOffset.UnixEpoch,
            RenewTime = DateTimeOffset.UnixEpoch,
        });
        await using var host = new ElectionHost(name => name == "a" ? Server : busy, "me", Time);
        host.AddElection("a", options => options.LeaseName = "lease-a");
        host.AddElection("b", options => options.LeaseName = "lease-b");
        using var recorder = new MeasurementRecorder(host.Host.Services);
        await host.StartAsync();
        await host.Keyed("a").WaitForLeadershipAsync().WaitAsync(LeaseElection.Testing.Signal.Patience);

        Assert.Equal(
            [("lease-a", 1), ("lease-b", 0)],
            recorder.Observe(Leader).Select(measured => (measured["leader_election.lease.name"], measured.Value)).Order());
        await host.StopAsync();
        Assert.Equal([0, 0], recorder.Observe(Leader).Select(measured => measured.Value));
    }

    private static double Only(MeasurementRecorder recorder, string instrument) => Assert.Single(recorder.Observe(instrument)).Value;
}
