using System.Globalization;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Two hosts whose leaders are gone without a word, one after the other: as those are that their work kills.</summary>
public sealed class KillingWorkTests : IAsyncLifetime, IDisposable
{
    private const string Note = "takeovers-without-release";

    private const string Told =
        "Lease default/app was taken over 3 times in a row from a leader that gave nothing up, at last by b: the work seems to kill "
        + "whoever leads. Look at how the last leaders ended (exit codes, out of memory, their last log lines), and mend that. ";

    private readonly InMemoryLeases _leases = new();
    private readonly ListLoggerProvider _log = new();
    private FakeReplica _leader = null!;
    private FakeReplica _standby = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _standby.DisposeAsync();
        await _leader.DisposeAsync();
    }

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(
        true, new double[] { 15, 15, 15, 30, 45, 75 },
        "If that one ends so too, nobody leads for 15 s longer than usual. To have somebody lead without that wait: "
        + "kubectl annotate lease -n default app term.leaseelection.dev/takeovers-without-release-. To be rid of it: "
        + "LeaderElection:TakeOverBackoff=false")]
    [InlineData(
        false, new double[] { 15, 15, 15, 15, 15, 15 },
        "To have the next take-overs wait longer each time: LeaderElection:TakeOverBackoff=true")]
    public async Task LeadersAreKilled_IsTold_AndWhereAskedTheNextWaitsLongerEachTimeFromTheFourthOn(
        bool backsOff, double[] waits, string next)
    {
        await BeginAsync(backsOff);
        for (int killed = 0; killed < waits.Length; killed++)
        {
            await KillAsync(waits[killed]);

            Assert.Equal($"{killed + 1}", _leader.Election.Status.Notes[Note]);
            Assert.Equal($"{killed + 1}", _standby.Election.Status.Notes[Note]);
            HealthStatus expected = killed < 2 ? HealthStatus.Healthy : HealthStatus.Degraded;
            Assert.Equal((expected, expected), ((await HealthAsync(_leader)).Status, (await HealthAsync(_standby)).Status));
        }

        Assert.Equal(
            "The work seems to kill its leaders: 6 take-overs in a row from leaders that released nothing. Look at how the last leaders "
                + "ended, and mend that (log id 887).",
            (await HealthAsync(_standby)).Description);
        Assert.Equal(6, (await HealthAsync(_standby)).Data["takeOversWithoutRelease"]);
        await _log.WaitForAsync("LeadersDied", 8);
        Assert.Equal(8, _log.Named("LeadersDied").Count); // On both, for the third to the sixth.
        Assert.Equal(Told + next, _log.Named("LeadersDied")[0].Message);
    }

    [Fact]
    public async Task LeaderStopsInGoodOrder_TheRowIsOver()
    {
        await BeginAsync(backsOff: true);
        for (int killed = 0; killed < 3; killed++)
            await KillAsync(15);

        await _leader.StopAsync();
        await _standby.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);

        Assert.Empty(_standby.Election.Status.Notes);
        Assert.Null(_leases.Get("app")!["metadata"]!["annotations"]?[$"term.leaseelection.dev/{Note}"]);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(_standby)).Status);
    }

    [Fact]
    public async Task TermLasts_TheRowIsOver()
    {
        await BeginAsync(backsOff: true);
        for (int killed = 0; killed < 3; killed++)
            await KillAsync(15);

        await _leases.AdvanceAsync(TimeSpan.FromSeconds(155));

        Assert.Empty(_leader.Election.Status.Notes);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(_leader)).Status);
        await KillAsync(15);
    }

    /// <summary>The leader is cut off for good, and after a while back as another process: standing by.</summary>
    private async Task KillAsync(double seconds)
    {
        // Before the next renewal, at an instant that both agree on: right after one.
        string renewed = Renewed();
        while (Renewed() == renewed)
            await _leases.AdvanceAsync(TimeSpan.FromSeconds(0.1));
        _leader.Fake.Inject(LeaseFault.NoConnection);

        await _leases.AdvanceAsync(TimeSpan.FromSeconds(seconds - 0.2));
        Assert.False(_standby.Election.IsLeader);
        await SoonAsync(() => _standby.Election.IsLeader);

        _leader.Fake.Heal();
        await SoonAsync(() => _leader.Election.Status.HolderIdentity == _standby.Election.Identity);
        (_leader, _standby) = (_standby, _leader);
    }

    /// <summary>At once by the clock, if the machine lets hosts keep up with it; in any case long before another wait is over.</summary>
    private async Task SoonAsync(Func<bool> condition)
    {
        for (int i = 0; i < 100 && !condition(); i++)
            await _leases.AdvanceAsync(TimeSpan.FromSeconds(0.1));
        Assert.True(condition());
    }

    private string Renewed() => ((DateTime)_leases.Get("app")!["spec"]!["renewTime"]!).ToString("O", CultureInfo.InvariantCulture);

    private async Task BeginAsync(bool backsOff)
    {
        _leader = await StartAsync("a", backsOff);
        _standby = await StartAsync("b", backsOff);
        await _leader.Fake.LeadAsync();
    }

    private async Task<FakeReplica> StartAsync(string identity, bool backsOff)
    {
        var builder = FakeReplica.NewBuilder();
        builder.Logging.AddProvider(_log);
        builder.Services.AddLeaderElection(options =>
        {
            (options.LeaseName, options.Identity, options.TakeOverBackoff) = ("app", identity, backsOff);
            options.WhenWorkOverruns = WorkOverrunPolicy.Log; // It stops in real time, for which a machine may be too busy.
        }).AddWork(async (_, _, token) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        return await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection(_leases));
    }

    private static async Task<HealthReportEntry> HealthAsync(FakeReplica replica) =>
        (await replica.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["leader_election"];
}
