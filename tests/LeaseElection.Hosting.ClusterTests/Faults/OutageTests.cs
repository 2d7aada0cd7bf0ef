using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>The API server, or its etcd, is frozen, killed, restarted. A server of its own, so that no other test suffers.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class OutageTests(ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault32_a_rolling_restart_of_the_api_server_changes_no_leader()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using FaultScene scene = await OpenAsync(server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Lasting);

        var longest = TimeSpan.Zero;
        var slowest = TimeSpan.Zero;
        for (int restart = 0; restart < 3; restart++)
        {
            long killed = WorkJournal.Now;
            await server.RestartAsync();
            long back = WorkJournal.Now;
            TimeSpan outage = Between(killed, back);
            longest = outage > longest ? outage : longest;
            await leader.RenewsAsync(after: back);
            TimeSpan renewed = Between(back, leader.LastRenewal);
            slowest = renewed > slowest ? renewed : slowest;
        }

        await Polling.UntilAsync(() => Task.FromResult(standby.Proxy.Requests.WatchesOpen == 1), Patience);
        WorkReport report = scene.Conclude(
            32, "3 restarts (SIGKILL, refused until up): 0 changes of leader",
            $"0 changes; outages of up to {Ms(longest)}, renewed at most {Ms(slowest)} after the server was ready");
        Assert.Equal(1, report.Terms);
    }

    [ApiServerFact]
    public async Task Fault33_a_frozen_api_server_shorter_than_the_deadline_changes_no_leader_and_a_longer_one_stops_it()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using FaultScene scene = await OpenAsync(server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy);
        WorkSpan work = await leader.WorksAsync();

        // Well within D - R' - the time of a request, for which the table promises it.
        TimeSpan outage = ((Deadline * 2) - Interval - (RequestTimeout * 2)) * 0.6;
        await server.PauseAsync();
        await PassAsync(outage);
        await server.ResumeAsync();
        long back = WorkJournal.Now;
        await leader.RenewsAsync(after: back);
        Assert.Null(leader.Spans.Single().End);

        await leader.BetweenRenewalsAsync();
        await server.PauseAsync();
        work = await leader.EndsAsync(work);
        TimeSpan ended = Between(leader.LastRenewal, work.End!.Value);
        await PassAsync(Lease * 2);
        Assert.Single(scene.Journal.Spans);
        await server.ResumeAsync();
        back = WorkJournal.Now;
        WorkSpan next = await scene.Journal.WaitForAsync(span => span.Token > work.Token, "somebody to lead");

        Assert.InRange(ended, TimeSpan.Zero, (Deadline * 2) + Slack);
        Assert.InRange(Between(back, next.Start), TimeSpan.Zero, TimeSpan.FromSeconds(1) + Slack);
        scene.Conclude(
            33, $"frozen for {Ms(outage)}: no change; for longer: stops by D = {Ms(Deadline * 2)}, a leader within 1 s of its return",
            $"stopped after {Ms(ended)}; {next.Identity} led {Ms(Between(back, next.Start))} after its return");
    }

    [ApiServerFact]
    public async Task Fault33_a_killed_etcd_stops_the_leader_at_its_deadline_and_somebody_leads_when_it_is_back()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using FaultScene scene = await OpenAsync(server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync();
        WorkSpan work = await leader.WorksAsync();

        await leader.BetweenRenewalsAsync();
        await server.KillEtcdAsync();
        work = await leader.EndsAsync(work);
        TimeSpan ended = Between(leader.LastRenewal, work.End!.Value);
        await PassAsync(Lease);
        Assert.Single(scene.Journal.Spans);
        long back = WorkJournal.Now;
        await server.RestartEtcdAsync();
        WorkSpan next = await scene.Journal.WaitForAsync(span => span.Token > work.Token, "somebody to lead");

        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        scene.Conclude(
            33, $"etcd gets SIGKILL: stops by D = {Ms(Deadline)}; a leader once it is back",
            $"stopped after {Ms(ended)}; {next.Identity} led {Ms(Between(back, next.Start))} after it was started again");
    }

    [ApiServerFact]
    public async Task Fault33_a_killed_etcd_that_is_back_before_the_deadline_changes_no_leader()
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using FaultScene scene = await OpenAsync(server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Lasting);

        long killed = WorkJournal.Now;
        await server.KillEtcdAsync();
        await server.RestartEtcdAsync();
        long back = WorkJournal.Now;
        await leader.RenewsAsync(after: back);

        WorkReport report = scene.Conclude(
            33, "etcd gets SIGKILL and is started again: 0 changes of leader",
            $"0 changes; outage {Ms(Between(killed, back))}, renewed {Ms(Between(back, leader.LastRenewal))} after it");
        Assert.Equal(1, report.Terms);
    }
}
