using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>
/// Clocks and timers that misbehave under a real host with real requests: timers that never fire or fire early, and a machine that
/// was suspended. The clock is the system's, bent by <see cref="BentTimeProvider"/>: a test cannot suspend the machine it runs on.
/// </summary>
[Collection(WaitingHosts.Name)]
public sealed class ClockTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault16_frozen_timers_keep_no_term_beyond_its_deadline()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        var time = new BentTimeProvider();
        FaultReplica leader = await scene.LeaderAsync(new FaultReplicaSetup { Time = time });
        FaultReplica standby = await scene.StandbyAsync(leader);
        WorkSpan work = await leader.WorksAsync();

        // Cut off as well: with a network, a leader without timers takes its own lease again after each deadline.
        time.FreezeTimers();
        leader.Proxy.Partition();
        WorkSpan next = await standby.WorksAsync();
        bool held = leader.Term.IsHeld;
        work = await leader.EndsAsync(work);
        TimeSpan ended = Between(leader.LastRenewal, work.End!.Value);

        Assert.False(held);
        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        scene.Conclude(
            16, $"IsHeld false and work told at D = {Ms(Deadline)} although no timer fires",
            $"ended after {Ms(ended)}, another led after {Ms(Between(leader.LastRenewal, next.Start))}");
        leader.Proxy.Heal();
        time.Thaw();
        await leader.Host.UntilAsync(status => status.HolderIdentity == standby.Identity);
    }

    [ApiServerTheory]
    [InlineData(0.9)]
    [InlineData(0.3)]
    public async Task Fault17_timers_that_fire_early_take_over_no_sooner(double early)
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        FaultReplica leader = await scene.LeaderAsync();
        FaultReplica standby = await scene.StandbyAsync(
            leader, new FaultReplicaSetup { Time = new BentTimeProvider { TimerFactor = early } });

        leader.Proxy.Partition();
        WorkSpan next = await standby.WorksAsync();
        TimeSpan began = Between(leader.LastRenewal, next.Start);

        Assert.InRange(began, Lease, Lease + Slack);
        scene.Conclude(17, $"timers fire at {early:0%} of their time: no take-over before L = {Ms(Lease)}", $"took over after {Ms(began)}");
    }

    [ApiServerFact]
    public async Task Fault18_a_leader_that_was_suspended_holds_nothing_when_it_wakes()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        var time = new BentTimeProvider();
        FaultReplica leader = await scene.LeaderAsync(new FaultReplicaSetup { Time = time });
        WorkSpan work = await leader.WorksAsync();
        LeadershipTerm term = leader.Term;

        // What 60 s of suspension look like to a process: both clocks are ahead, no timer fired, nothing of it was seen.
        Assert.True(term.IsHeld);
        time.Suspend(TimeSpan.FromSeconds(60));
        bool held = term.IsHeld;
        long woken = WorkJournal.Now;
        work = await leader.EndsAsync(work);
        TimeSpan ended = Between(woken, work.End!.Value);

        Assert.False(held);
        Assert.InRange(ended, TimeSpan.Zero, TimeSpan.FromSeconds(0.5) + Slack);
        Assert.Throws<LeadershipLostException>(term.ThrowIfLost);
        WorkSpan next = await leader.WorksAsync(after: work.Token);
        scene.Conclude(
            18, "IsHeld false on the first read after waking; work told within the watchdog's 500 ms",
            $"false on the first read; ended {Ms(ended)} after waking; led again {Ms(Between(woken, next.Start))} after it");
    }
}
