using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>Connections that died silently: both ends believe in them, and nothing gets through. New ones work.</summary>
[Collection(WaitingHosts.Name)]
public sealed class DeadConnectionTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault31_dead_connections_cost_one_attempt_and_no_term()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy);

        var slowest = TimeSpan.Zero;
        for (int round = 0; round < 3; round++)
        {
            await leader.BetweenRenewalsAsync();
            long cut = leader.LastRenewal;
            leader.Proxy.BlackHole();
            standby.Proxy.BlackHole();
            await leader.RenewsAsync(after: cut);
            TimeSpan took = Between(cut, leader.LastRenewal);
            slowest = took > slowest ? took : slowest;
        }

        // From renewal to renewal: what is left of the interval, the attempt that is swallowed, a pause, a read.
        Assert.InRange(slowest, TimeSpan.Zero, Deadline * 2);
        await PassAsync(Lease * 2);
        int lost = leader.Host.Logs.Named("ConnectionReplaced").Count;
        WorkReport report = scene.Conclude(
            31, $"one attempt is lost, recovered within its {Ms(RequestTimeout * 2)} + 0.25 s; the leader stays",
            $"{lost} attempts lost in 3 rounds, renewed again at most {Ms(slowest)} after the last renewal (interval {Ms(Interval)})");
        Assert.Equal(1, report.Terms);
        Assert.InRange(lost, 3, 5); // A busy machine may cost one as well. Two for each of the dead would be six.
    }

    [ApiServerFact]
    public async Task Fault31_a_leader_stopped_over_a_dead_connection_releases_all_the_same()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync();

        leader.Proxy.BlackHole();
        standby.Proxy.BlackHole();
        int connections = leader.Proxy.Requests.Connections;
        await leader.Host.StopAsync();
        long stopped = WorkJournal.Now;
        WorkSpan next = await standby.WorksAsync();

        WorkSpan work = leader.Spans.Single();

        // Its 2 s may be too few only where, after the request that was swallowed, one over a new connection was too slow as well.
        bool isSlow = leader.SlowAnswers > 1 && leader.Proxy.Requests.Connections > connections;
        bool isReleased = !isSlow || leader.Host.Logs.Named("NotReleased").Count == 0;
        Assert.Single(leader.Host.Logs.Named(isReleased ? "Released" : "NotReleased"));
        scene.Conclude(
            31, "released within its 2 s; the other's dead watch found out by its silence",
            $"stopped {Ms(Between(work.End!.Value, stopped))} and {standby.Identity} led {Ms(Between(work.End.Value, next.Start))} after "
                + $"the work's end");
    }
}
