using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderElectionHealthCheckTests : HostTest
{
    private readonly ElectionHost _host;

    public LeaderElectionHealthCheckTests()
    {
        _host = NewHost();
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task NotStarted_Healthy()
    {
        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Starting_NoAnswerYet_HealthyForALease()
    {
        _host.Store.All(FakeFault.Hang);
        await _host.StartAsync();
        await Server.UntilAsync(server => server.RequestsUnderWay == 1);

        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Standby_HolderFresh_HealthyAndSaysWhoLeads()
    {
        LetAnotherLead();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");
        Time.Advance(TimeSpan.FromSeconds(1));

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Healthy, "Standing by; other leads."), (health.Status, health.Description));
        Assert.Equal(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["state"] = "Standby",
                ["isLeader"] = false,
                ["identity"] = "me",
                ["leaseName"] = "settlement",
                ["namespace"] = "shop",
                ["transitions"] = 4,
                ["holderIdentity"] = "other",
                ["lastRenewAgeSeconds"] = 1.0,
            }.OrderBy(pair => pair.Key),
            health.Data.OrderBy(pair => pair.Key));
        Assert.Equal(["live", "ready"], health.Tags.Order());
    }

    [Theory]
    [InlineData("2", HealthStatus.Healthy)]
    [InlineData("3", HealthStatus.Degraded)]
    [InlineData("many", HealthStatus.Healthy)]
    [InlineData("-3", HealthStatus.Healthy)]
    public async Task Standby_TakeOversWithoutARelease_DegradedFromTheThirdOn(string count, HealthStatus status)
    {
        LetAnotherLead(count);
        await _host.StartAsync();
        await _host.Logs.WaitForAsync(status == HealthStatus.Degraded ? "LeadersDied" : "HolderChanged");

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal(status, health.Status);
        Assert.Equal(
            status == HealthStatus.Degraded,
            health.Description!.StartsWith("The work seems to kill its leaders: 3 take-overs ", StringComparison.Ordinal));
        Assert.Equal(status == HealthStatus.Degraded ? 1 : 0, _host.Logs.Named("LeadersDied").Count);
    }

    [Fact]
    public async Task Standby_StoreIsUnreachable_DegradedAfterALease()
    {
        LetAnotherLead();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");
        _host.Store.All(FakeFault.Fail);
        await Server.UntilAsync(server => server.OpenWatches == 1);
        Server.CloseWatches(new LeaseStoreError(LeaseStoreErrorKind.Network, "Reset."));
        await _host.Logs.WaitForAsync("WatchLost");
        Time.Advance(TimeSpan.FromSeconds(1)); // A new watch is not opened at once.
        await _host.Logs.WaitForAsync("StoreFailed");
        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
        Time.Advance(TimeSpan.FromSeconds(16));

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("The connection was refused.", health.Data["lastError"]);
    }

    /// <summary>Its holder renews less often than once a lease of ours, and the watch that tells of it is alive.</summary>
    [Fact]
    public async Task Standby_HolderWithALongLeaseIsSilentForALeaseOfOurs_Healthy()
    {
        LetAnotherLead();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");
        await Server.UntilAsync(server => server.OpenWatches == 1);
        Time.Advance(TimeSpan.FromSeconds(16));

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Healthy, "Standing by; other leads."), (health.Status, health.Description));
    }

    /// <summary>Work has its time from when it was told: the host may live, and nobody is to restart it.</summary>
    [Fact]
    public async Task Leader_FrozenForLongerThanItsTerm_DoesNotHang()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Time.Advance(TimeSpan.FromSeconds(60));
        await _host.Logs.WaitForAsync("LeadershipLost");

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Degraded, "Draining: work has been told to stop."), (health.Status, health.Description));
        Work.Return();
    }

    [Fact]
    public async Task Standby_RightIsMissing_DegradedAtOnce()
    {
        _host.Store.All(FakeFault.Forbid);
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("StoreFailed");

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Degraded, "The verb update is missing."), (health.Status, health.Description));
    }

    [Fact]
    public async Task Leader_Renewing_Healthy()
    {
        await _host.StartAndLeadAsync();

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Healthy, "Leading."), (health.Status, health.Description));
        Assert.Equal((true, "me"), (health.Data["isLeader"], health.Data["holderIdentity"]));
    }

    [Fact]
    public async Task Leader_RenewalFails_DegradedAndSaysHowLongItStillLeads()
    {
        await _host.StartAndLeadAsync();
        _host.Store.All(FakeFault.Fail);
        Time.Advance(TimeSpan.FromSeconds(4));
        await _host.Logs.WaitForAsync("RenewalFailed");

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal((true, 6.0), (health.Data["isLeader"], health.Data["secondsLeft"]));
    }

    [Fact]
    public async Task Leader_InDoubtAfterAClockJump_Degraded()
    {
        await _host.StartAndLeadAsync();
        _host.Store.All(FakeFault.Hang);
        Time.JumpWall(TimeSpan.FromSeconds(5));

        HealthReportEntry health = await _host.CheckHealthAsync();

        Assert.Equal((HealthStatus.Degraded, false), (health.Status, health.Data["isLeader"]));
    }

    [Fact]
    public async Task Draining_Degraded_ThenOverran_Unhealthy()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        LetAnotherLead();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        Assert.Equal(HealthStatus.Degraded, (await _host.CheckHealthAsync()).Status);

        Time.Advance(TimeSpan.FromSeconds(5));
        await _host.Logs.WaitForAsync("WorkOverran");

        Assert.Equal(HealthStatus.Unhealthy, (await _host.CheckHealthAsync()).Status);
        Work.Return();
        await _host.UntilStateAsync(LeaderElectionState.Standby);
        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task LoopHangs_Unhealthy()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        LeaderElection election = _host.Host.Services.GetRequiredKeyedService<LeaderElection>("");
        ElectionSnapshot leading = election.Snapshot;
        await _host.StopAsync();

        // What a probe finds when nobody has published anything for a long time.
        election.Publish(leading, term);
        Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(HealthStatus.Degraded, (await _host.CheckHealthAsync()).Status);
        Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(HealthStatus.Unhealthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task LoopDied_Unhealthy()
    {
        await _host.StartAndLeadAsync();

        _host.Host.Services.GetRequiredKeyedService<LeaderElection>("").Fail();

        Assert.Equal(HealthStatus.Unhealthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Stopped_Healthy()
    {
        await _host.StartAndLeadAsync();
        await _host.StopAsync();

        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Check_DoesNoIO()
    {
        await _host.StartAndLeadAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);
        (int reads, int writes) = (Server.Reads, Server.Written.Count);

        for (int i = 0; i < 100; i++)
            await _host.CheckHealthAsync();

        Assert.Equal((reads, writes), (Server.Reads, Server.Written.Count));
    }

    private void LetAnotherLead(string? takeOvers = null)
    {
        var record = new LeaseRecord
        {
            HolderIdentity = "other",
            LeaseDurationSeconds = 3600,
            LeaseTransitions = 4,
            AcquireTime = Time.GetUtcNow(),
            RenewTime = Time.GetUtcNow(),
        };
        Server.Edit(_ => record);
        if (takeOvers is not null)
            Server.Annotate("term.leaseelection.dev/takeovers-without-release", NoteAnnotations.MarkOf(record) + takeOvers);
    }
}
