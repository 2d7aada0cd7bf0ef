using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>A leader that is asked to stop.</summary>
[Collection(WaitingHosts.Name)]
public sealed class StopTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault02_a_graceful_stop_drains_renews_meanwhile_and_hands_over_at_once()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        // Longer than the lease: without renewals another would have led before the end.
        TimeSpan drain = Lease * 2 * 1.1;
        FaultReplica leader = await scene.LeaderAsync(FaultReplicaSetup.Roomy with { Drain = () => PassAsync(drain) });
        FaultReplica standby = await scene.StandbyAsync(leader, FaultReplicaSetup.Roomy);

        int updates = leader.Proxy.Requests["update"];
        long told = WorkJournal.Now;
        await leader.Host.StopAsync();
        int renewals = leader.Proxy.Requests["update"] - updates - 1;
        WorkSpan next = await standby.WorksAsync();

        TimeSpan handOver = Between(leader.Spans.Single().End!.Value, next.Start);
        Assert.InRange(renewals, 2, (int)(Between(told, WorkJournal.Now) / Interval) + 1);
        Assert.InRange(handOver, TimeSpan.Zero, Slack);
        scene.Conclude(
            2, $"drains for {Ms(drain)} (L = {Ms(Lease * 2)}), renewing; then hands over within 50 ms of the end of its work",
            $"{renewals} renewals; hand-over {handOver.TotalMilliseconds:0.0} ms");
    }

    /// <summary>With the default timings, in which a request may take longer than a release.</summary>
    [ApiServerFact]
    public async Task Fault31_a_leader_stopped_while_a_renewal_hangs_releases_all_the_same()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(new FaultReplicaSetup
        {
            Configure = options =>
            {
                options.LeaseDuration = TimeSpan.FromSeconds(15);
                options.RenewDeadline = TimeSpan.FromSeconds(10);
            },
        });

        leader.Proxy.Hang("update", times: 1);
        await Polling.UntilAsync(
            () => Task.FromResult(leader.Proxy.Requests.Newest.Any(request => request is { Verb: "update", MetAFault: true })), Patience);
        await leader.Host.StopAsync();
        WorkSpan next = await standby.WorksAsync();

        TimeSpan handOver = Between(leader.Spans.Single().End!.Value, next.Start);

        // Its 2 s may be too few only where another request than the one that hung was too slow: the lease runs out then.
        bool isReleased = leader.SlowAnswers <= 1 || leader.Host.Logs.Named("NotReleased").Count == 0;
        Assert.Single(leader.Host.Logs.Named(isReleased ? "Released" : "NotReleased"));
        if (isReleased)
            Assert.InRange(handOver, TimeSpan.Zero, TimeSpan.FromSeconds(2.5 + 2) + Slack);
        scene.Conclude(
            31, "15/10, stop while a renewal hangs: released when its 2.5 s are over",
            $"another led {Ms(handOver)} after the end of the work");
    }
}
