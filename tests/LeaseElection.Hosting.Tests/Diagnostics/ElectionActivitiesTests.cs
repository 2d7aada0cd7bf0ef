using System.Diagnostics;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;

namespace LeaseElection.Hosting.Tests;

/// <summary>One short span for each change of hands, and none for anything that happens all the time.</summary>
public sealed class ElectionActivitiesTests : HostTest
{
    private readonly string _lease = "lease-" + Guid.NewGuid().ToString("n");
    private readonly ElectionHost _host;

    public ElectionActivitiesTests()
    {
        _host = NewHost();
        _host.AddElection(options => options.LeaseName = _lease).AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task Term_FromTakeOverToRelease_IsThreeSpansWithTheTimesTheyTook()
    {
        Work.Obeys = false;
        using var recorder = new ActivityRecorder(_lease);
        _host.Store.Next(FakeFault.None, FakeFault.Late);
        await _host.StartAsync();
        await _host.UntilStateAsync(LeaderElectionState.TakingOver);
        await Server.UntilAsync(server => server.Written.Count == 1);
        DateTime began = Time.GetUtcNow().UtcDateTime;
        Time.Advance(TimeSpan.FromSeconds(1));
        _host.Store.DeliverLate();
        LeadershipTerm term = await _host.LeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.StopAsync();
        await Work.ToldToStopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        await _host.Logs.WaitForAsync("Draining");
        Time.Advance(TimeSpan.FromSeconds(1.5));
        Work.Return();
        await stopping;

        Assert.Equal(
            [ElectionActivities.TakeOver, ElectionActivities.Drain, ElectionActivities.Release],
            recorder.All.Select(one => one.OperationName));
        (Activity takeOver, Activity drain, Activity release) = (recorder.All[0], recorder.All[1], recorder.All[2]);
        Assert.Equal(began, takeOver.StartTimeUtc, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, takeOver.Duration.TotalSeconds, 0.001);
        Assert.Equal(1.5, drain.Duration.TotalSeconds, 0.001);
        Assert.Equal(0, release.Duration.TotalSeconds, 0.001);
        Assert.Equal(term.FencingToken.ToString(), takeOver.GetTagItem("leader_election.fencing_token"));
        Assert.Equal("shut_down", drain.GetTagItem("leader_election.reason"));
        Assert.All(recorder.All, one => Assert.Equal("shop", one.GetTagItem("leader_election.lease.namespace")));
        Assert.All(recorder.All, one => Assert.Equal((ActivityStatusCode.Unset, null), (one.Status, one.GetTagItem("error.type"))));
    }

    [Fact]
    public async Task Spans_ParentsAreExplicit_WhateverIsCurrentWhenTheHostStarts()
    {
        using var recorder = new ActivityRecorder(_lease);
        using var current = new Activity("start of the app");
        current.Start();
        await _host.StartAndLeadAsync();
        await _host.StopAsync();

        (Activity takeOver, Activity drain, Activity release) = (recorder.All[0], recorder.All[1], recorder.All[2]);
        Assert.Null(takeOver.ParentId);
        Assert.Null(drain.ParentId);
        Assert.Equal(takeOver.Context, Assert.Single(drain.Links).Context);
        Assert.NotEqual(takeOver.TraceId, drain.TraceId);
        Assert.Equal((drain.TraceId, drain.SpanId), (release.TraceId, release.ParentSpanId));
    }

    [Fact]
    public void Spans_SomethingIsCurrentWhereTheyEnd_AreNoChildrenOfItAndLeaveItCurrent()
    {
        using var recorder = new ActivityRecorder("settlement");
        using var current = new Activity("not ours");
        current.Start();
        ElectionRun run = SomeRun.On(Time);
        var activities = new ElectionActivities(ElectionActivities.Source, run);
        activities.Settle(LeaderElectionState.TakingOver, run.Clock.Now);
        activities.Observe(new ElectionEvent.BecameLeader(new TermFacts(1, default, "1", null)));

        Assert.Same(current, Activity.Current);
        Assert.DoesNotContain(recorder.All, one => one.TraceId == current.TraceId);
        Assert.Contains(recorder.All, one => one.ParentId is null && one.StartTimeUtc == Time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task Term_Lost_IsADrainWithAnErrorAndNoRelease()
    {
        using var recorder = new ActivityRecorder(_lease);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Server.Edit(record => record with { HolderIdentity = "other" });
        Activity drain = await recorder.WaitForAsync(ElectionActivities.Drain);

        Assert.Equal("other_holder", drain.GetTagItem("leader_election.reason"));
        Assert.Equal(("other_holder", ActivityStatusCode.Error), (drain.GetTagItem("error.type"), drain.Status));
        await _host.StopAsync();
        Assert.DoesNotContain(recorder.All, one => one.OperationName == ElectionActivities.Release);
    }

    [Fact]
    public async Task Release_Refused_HasTheKindOfError()
    {
        using var recorder = new ActivityRecorder(_lease);
        await _host.StartAndLeadAsync();
        _host.Store.All(FakeFault.Forbid);
        Task stopping = _host.StopAsync();
        await _host.Election.UntilAsync(status => status.LastError is not null, Signal.Patience); // Refused; its time need not run before.
        await AdvanceUntilAsync(() => stopping.IsCompleted);
        await stopping;

        Activity release = await recorder.WaitForAsync(ElectionActivities.Release);
        Assert.Equal(("forbidden", ActivityStatusCode.Error), (release.GetTagItem("error.type"), release.Status));
    }

    [Fact]
    public async Task RenewalsAndAttemptsThatComeToNothing_LeaveNoSpan()
    {
        using var recorder = new ActivityRecorder(_lease);
        _host.Store.Next(FakeFault.None, FakeFault.Fail);
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("StoreFailed");
        await AdvanceUntilAsync(() => _host.Election.IsLeader);
        for (int i = 0; i < 5; i++)
            await RenewAsync();

        Assert.Equal([ElectionActivities.TakeOver], recorder.All.Select(one => one.OperationName));
    }
}
