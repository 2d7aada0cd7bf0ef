using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;

namespace LeaseElection.Hosting.Tests;

/// <summary>What a listener is told of a term, of its loss and of its work.</summary>
public sealed class ElectionMetricsTests : HostTest
{
    private const string Transitions = "leader_election.transitions";
    private const string TermDuration = "leader_election.term.duration";
    private const string WorkFaults = "leader_election.work.faults";

    private readonly ElectionHost _host;

    public ElectionMetricsTests()
    {
        _host = NewHost();
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task Term_HostStops_IsAcquiredOnceAndReleasedOnce()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync(); // The term is measured from before that.
        Time.Advance(TimeSpan.FromSeconds(2));
        await _host.StopAsync();

        Assert.Equal([("acquired", null), ("released", "shut_down")], TransitionsOf(recorder));
        Measured duration = Assert.Single(recorder.Of(TermDuration));
        Assert.Equal("shut_down", duration["leader_election.reason"]);
        Assert.Equal(2, duration.Value, 0.001);
        Assert.All(recorder.All, measured => Assert.Equal(
            ("settlement", "shop"), (measured["leader_election.lease.name"], measured["leader_election.lease.namespace"])));
    }

    [Fact]
    public async Task Term_LeaseIsNotReleasedOnStop_EndsAllTheSame()
    {
        _host.AddElection(options => options.ReleaseOnStop = false);
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await _host.StopAsync();

        Assert.Equal([("acquired", null), ("released", "shut_down")], TransitionsOf(recorder));
    }

    [Fact]
    public async Task Term_StepsDown_IsReleasedAndThenAcquiredAgain()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await _host.Election.StepDownAsync().WaitAsync(LeaseElection.Testing.Signal.Patience);
        Time.Advance(TimeSpan.FromSeconds(7));
        await recorder.UntilAsync(Transitions, 3);

        Assert.Equal([("acquired", null), ("released", "step_down"), ("acquired", null)], TransitionsOf(recorder));
    }

    [Theory]
    [InlineData("other_holder")]
    [InlineData("holder_cleared")]
    [InlineData("lease_deleted")]
    public async Task Term_SomebodyTakesTheLeaseAway_IsLostForThatReason(string reason)
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);
        Action harm = reason switch
        {
            "other_holder" => () => Server.Edit(record => record with { HolderIdentity = "other" }),
            "holder_cleared" => () => Server.Edit(record => record with { HolderIdentity = "" }),
            _ => Server.Delete,
        };
        harm();
        await recorder.UntilAsync(TermDuration, 1);
        await recorder.UntilAsync(Transitions, 2);

        Assert.Equal(reason, Assert.Single(recorder.Of(TermDuration))["leader_election.reason"]);
        Assert.Contains(("lost", reason), TransitionsOf(recorder));
    }

    [Fact]
    public async Task Term_ProcessWasFrozenPastTheDeadline_EndedAtTheDeadline()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        _host.Store.All(FakeFault.Fail);
        Time.Advance(TimeSpan.FromSeconds(12));
        Measured duration = (await recorder.UntilAsync(TermDuration, 1))[0];

        Assert.Equal(10, duration.Value, 0.001);
        Assert.Equal("deadline_passed", duration["leader_election.reason"]);
    }

    [Fact]
    public async Task Term_HostStopsWaitingForWork_IsLostAsAbandoned()
    {
        Work.Obeys = false;
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.Host.StopAsync(new CancellationToken(canceled: true));
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));
        await Record.ExceptionAsync(() => stopping.WaitAsync(LeaseElection.Testing.Signal.Patience)); // The host's, for its token.
        await recorder.UntilAsync(Transitions, 2);

        Assert.Equal([("acquired", null), ("lost", "abandoned")], TransitionsOf(recorder));
    }

    [Fact]
    public async Task Work_Throws_IsAFaultOfThatType()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Work.Fail(new TimeoutException());
        Measured fault = (await recorder.UntilAsync(WorkFaults, 1))[0];

        Assert.Equal((1, "System.TimeoutException"), (fault.Value, fault["error.type"]));
        await recorder.UntilAsync(Transitions, 2);
        Assert.Equal([("acquired", null), ("released", "work_faulted")], TransitionsOf(recorder));
    }

    [Fact]
    public async Task Work_ThrowsWhileItStops_IsAFaultToo()
    {
        Work.Obeys = false;
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Task stopping = _host.StopAsync();
        await Work.ToldToStopAsync();
        Work.Fail(new TimeoutException());
        await stopping;

        Assert.Equal("System.TimeoutException", Assert.Single(recorder.Of(WorkFaults))["error.type"]);
    }

    [Fact]
    public async Task Work_StopsBecauseItsTokenFired_IsNoFault()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        await _host.StopAsync();

        Assert.Equal(1, Work.Stops);
        Assert.Empty(recorder.Of(WorkFaults));
    }

    [Fact]
    public async Task Work_RunsOnWhenAnotherMayLead_IsAnOverrun()
    {
        Work.Obeys = false;
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Server.Edit(record => record with { HolderIdentity = "other" });
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        Assert.Empty(recorder.Of("leader_election.work.overruns"));

        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, (await recorder.UntilAsync("leader_election.work.overruns", 1))[0].Value);
    }

    private static IEnumerable<(string?, string?)> TransitionsOf(MeasurementRecorder recorder)
    {
        Assert.All(recorder.Of(Transitions), measured => Assert.Equal(1, measured.Value));
        return recorder.Of(Transitions).Select(measured => (measured["leader_election.transition"], measured["leader_election.reason"]));
    }
}
