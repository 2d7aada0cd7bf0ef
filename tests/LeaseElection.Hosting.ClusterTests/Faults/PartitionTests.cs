using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>A leader that is cut off, wholly or by half.</summary>
[Collection(WaitingHosts.Name)]
public sealed class PartitionTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault04_a_partitioned_leader_stops_at_its_deadline_and_another_leads_after_the_lease()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync();
        WorkSpan work = await leader.WorksAsync();

        leader.Proxy.Partition();
        WorkSpan next = await standby.WorksAsync();
        long last = leader.LastRenewal;
        work = await leader.EndsAsync(work);

        (TimeSpan ended, TimeSpan began) = (Between(last, work.End!.Value), Between(last, next.Start));
        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        Assert.InRange(began, Lease, Lease + Slack);
        Assert.False(leader.Term.IsHeld);
        leader.Proxy.Heal();
        await leader.Host.UntilAsync(status => status.HolderIdentity == standby.Identity);
        scene.Conclude(
            4, $"work ends by D = {Ms(Deadline)} after the last renewal, another begins at L = {Ms(Lease)}",
            $"ended after {Ms(ended)}, began after {Ms(began)}");
    }

    [ApiServerFact]
    public async Task Fault06_a_renewal_whose_response_is_slow_counts_from_when_it_was_sent()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync();
        WorkSpan work = await leader.WorksAsync();

        // Every renewal is carried out at once, and each of its answers comes only when it proves nothing any more.
        leader.Proxy.DelayAnswer(Deadline * 0.99, "update");
        work = await leader.EndsAsync(work);
        long last = leader.Proxy.Requests.Newest.Last(request => request is { Verb: "update", Status: 200, MetAFault: false }).Arrived;
        TimeSpan ended = Between(last, work.End!.Value);
        leader.Proxy.Heal();
        long healed = WorkJournal.Now;
        FencingToken token = work.Token;
        WorkSpan next = await scene.Journal.WaitForAsync(span => span.Token > token, "somebody to lead");

        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        scene.Conclude(
            6, $"work ends by D = {Ms(Deadline)} after the last renewal that was answered; 0 overlap",
            $"ended after {Ms(ended)}; {next.Identity} led {Ms(Between(healed, next.Start))} after the network was well; 0 overlap");
    }

    [ApiServerFact]
    public async Task Fault06_a_single_slow_response_does_not_cost_the_term()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy);

        leader.Proxy.DelayAnswer(Deadline * 2, "update", times: 1);
        await PassAsync(Lease * 2.2);

        Assert.Equal(1, scene.Conclude(6, "one answer late by D: the same term", "the same term").Terms);
    }

    [ApiServerFact]
    public async Task Fault08_renewals_whose_response_is_lost_cost_no_term_and_leave_no_connection()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy);

        leader.Proxy.CutAfterCommit("update", times: 4);
        int before = leader.Proxy.Requests["update"];
        await Polling.UntilAsync(() => Task.FromResult(leader.Proxy.Requests["update"] >= before + 7), Patience);

        // The one that was cut last may still be about to close.
        await Polling.UntilAsync(() => Task.FromResult(leader.Proxy.Requests.ConnectionsOpen is >= 1 and <= 3), Patience);
        WorkReport report = scene.Conclude(
            8, "0 terms lost", $"0 terms lost in 4 lost responses; {leader.Proxy.Requests.ConnectionsOpen} connections open");
        Assert.Equal(1, report.Terms);
    }

    [ApiServerFact]
    public async Task Fault09_a_takeover_whose_response_is_lost_is_adopted_by_a_fresh_renewal()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy with
        {
            Proxy = proxy => proxy.CutAfterCommit("create", times: 1),
        });

        WorkSpan work = await leader.WorksAsync();
        TimeSpan took = Between(leader.Proxy.Requests.Newest.First(request => request.Verb == "create").Arrived, work.Start);
        Assert.InRange(took, TimeSpan.Zero, Lease * 2);
        Assert.Equal(1, leader.Proxy.Requests["create"]);
        Assert.Equal(
            1, scene.Conclude(9, "leads without waiting for its own lease", $"led {Ms(took)} after the lost take-over").Terms);
    }

    [ApiServerFact]
    public async Task Fault10_a_takeover_that_arrives_late_makes_nobody_lead_unknowingly()
    {
        var givesUpAfter = TimeSpan.FromSeconds(2.5);
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        FaultReplica late = await scene.StartAsync("late", FaultReplicaSetup.Lasting with
        {
            Proxy = proxy => proxy.Delay(givesUpAfter * 2, "create", times: 1).Hang("create"),
        });

        // Its take-over is under way for so long that it gives it up; and it cannot look what became of it.
        await Polling.UntilAsync(() => Task.FromResult(late.Proxy.Requests["create"] == 1), Patience);
        late.Proxy.Hang("get");
        await Polling.UntilAsync(scene.ExistsAsync, Patience);
        FaultReplica other = await scene.StartAsync("other", FaultReplicaSetup.Lasting);
        await other.Host.UntilAsync(status => status.HolderIdentity == "late");
        Assert.Empty(scene.Journal.Spans);
        long healed = WorkJournal.Now;
        late.Proxy.Heal();
        WorkSpan work = await late.WorksAsync();

        Assert.True(late.LastRenewal > healed, "It leads by a write that it knows of.");
        scene.Conclude(
            10, "a take-over that commits unknown to its sender: leads only after a fresh renewal",
            $"no work while unknown; led {Ms(Between(healed, work.Start))} after it could write again");
    }

    [ApiServerFact]
    public async Task Fault12_a_renewal_that_is_delivered_twice_is_refused_the_second_time()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Lasting);

        leader.Proxy.Replay();
        int before = leader.Proxy.Requests["update"];
        await Polling.UntilAsync(() => Task.FromResult(leader.Proxy.Requests["update"] >= before + 6), Patience);

        Assert.Equal(1, scene.Conclude(12, "the replay changes nothing", "5 replays, the same term").Terms);
    }
}
