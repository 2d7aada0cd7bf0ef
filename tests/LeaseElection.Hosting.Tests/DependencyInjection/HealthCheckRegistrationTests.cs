using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

public sealed class HealthCheckRegistrationTests : HostTest
{
    private readonly ElectionHost _host;

    public HealthCheckRegistrationTests() => _host = NewHost();

    [Fact]
    public async Task Default_OneCheck()
    {
        _host.AddElection();
        _host.AddElection();

        Assert.Equal(["leader_election"], (await _host.CheckAllHealthAsync()).Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Customised_BeforeOrAfterTheElection_TakesThePlaceOfTheDefault(bool before)
    {
        if (!before)
            _host.AddElection();
        _host.Services.AddHealthChecks().AddLeaderElection(
            "replica", HealthStatus.Degraded, ["mine"], TimeSpan.FromSeconds(1));
        if (before)
            _host.AddElection();
        _host.Host.Services.GetRequiredKeyedService<LeaderElection>("").Fail();
        await _host.StartAsync();

        HealthReportEntry health = Assert.Single(await _host.CheckAllHealthAsync(), entry => entry.Key == "replica").Value;

        Assert.Single(await _host.CheckAllHealthAsync());
        Assert.Equal((HealthStatus.Degraded, "mine"), (health.Status, Assert.Single(health.Tags)));
    }

    [Fact]
    public async Task Named_CustomisedApart()
    {
        _host.AddElection();
        _host.AddElection("a", options => options.LeaseName = "a");
        _host.AddElection("b", options => options.LeaseName = "b");
        _host.Services.AddHealthChecks().AddLeaderElection(election: "b", tags: ["mine"]);

        IReadOnlyDictionary<string, HealthReportEntry> entries = await _host.CheckAllHealthAsync();

        Assert.Equal(["leader_election", "leader_election:a", "leader_election:b"], entries.Keys.Order());
        Assert.Equal("mine", Assert.Single(entries["leader_election:b"].Tags));
    }

    [Fact]
    public async Task IsLeader_HealthyOnTheLeaderOnly()
    {
        _host.AddElection();
        _host.Services.AddHealthChecks().AddIsLeader();
        ElectionHost other = NewHost("other");
        other.AddElection();
        other.Services.AddHealthChecks().AddIsLeader(failureStatus: HealthStatus.Degraded);
        await _host.StartAndLeadAsync();
        await other.StartAsync();
        await other.Logs.WaitForAsync("HolderChanged");

        HealthReportEntry leader = await _host.CheckHealthAsync("leader"), standby = await other.CheckHealthAsync("leader");

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded), (leader.Status, standby.Status));
        Assert.Contains("me", standby.Description, StringComparison.Ordinal);
        Assert.Equal("leader", Assert.Single(leader.Tags));
        await other.StopAsync();
    }

    [Theory]
    [InlineData("", "the election without a name")]
    [InlineData("tenant1", "the election \"tenant1\"")]
    public void IsLeader_OfAnElectionThatIsNotThere_IsRefusedWhenChecksAreMade(string election, string named)
    {
        _host.AddElection("a", options => options.LeaseName = "a");
        _host.Services.AddHealthChecks().AddIsLeader(election: election);

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(
            () => _host.Host.Services.GetRequiredService<HealthCheckService>());

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Contains("AddIsLeader(election: \"NAME\")", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsLeader_BeforeTheHostStarts_Unhealthy()
    {
        _host.AddElection("a", options => options.LeaseName = "a");
        _host.Services.AddHealthChecks().AddIsLeader(election: "a");

        Assert.Equal(HealthStatus.Unhealthy, (await _host.CheckHealthAsync("leader:a")).Status);
    }
}
