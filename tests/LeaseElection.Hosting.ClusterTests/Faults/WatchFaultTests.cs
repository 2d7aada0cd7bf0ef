using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>Watches that tell nothing, nonsense, the past, or end.</summary>
[Collection(WaitingHosts.Name)]
public sealed class WatchFaultTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault27_a_silent_watch_starves_no_standby_and_steals_from_no_leader()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Roomy);

        int watches = standby.Proxy.Requests["watch"];
        standby.Proxy.SilenceWatches();
        long begun = WorkJournal.Now;
        await PassAsync(Lease * 2 * 1.2);
        Assert.Single(scene.Journal.Spans);
        watches = standby.Proxy.Requests["watch"] - watches;
        TimeSpan silent = Between(begun, WorkJournal.Now);
        await leader.Host.StopAsync();
        WorkSpan next = await standby.WorksAsync();

        TimeSpan gap = Between(leader.Spans.Single().End!.Value, next.Start);
        Assert.InRange(watches, 2, (int)(silent / (Interval * 2)) + 1);
        Assert.InRange(gap, TimeSpan.Zero, (Interval * 2) + Slack);
        scene.Conclude(
            27, $"no take-over from a living leader; a release is found within 2 R' = {Ms(Interval * 2)}",
            $"{watches} watches in {Ms(silent)}; led {Ms(gap)} after the end of the work");
    }

    [ApiServerFact]
    public async Task Fault28_a_watch_that_tells_the_past_is_ignored()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync();
        JsonObject old = await scene.ReadAsync();
        old["spec"]!["holderIdentity"] = "";
        old["spec"]!["leaseDurationSeconds"] = 1;
        await leader.BetweenRenewalsAsync();

        // Released, and deleted: to whoever believes it the lease is free.
        foreach (FaultReplica replica in new[] { leader, standby })
        {
            await replica.Proxy.TellWatchesAsync("MODIFIED", old);
            await replica.Proxy.TellWatchesAsync("DELETED", old);
        }

        await PassAsync(Interval * 3);
        leader.Proxy.Partition();
        WorkSpan next = await standby.WorksAsync();
        TimeSpan began = Between(leader.LastRenewal, next.Start);

        Assert.InRange(began, Lease, Lease + Slack);
        scene.Conclude(28, "versions that were seen are ignored", $"no term ended; take-over {Ms(began)} after the last renewal");
    }

    [ApiServerTheory]
    [InlineData(WatchBreak.Gone)]
    [InlineData(WatchBreak.Truncated)]
    [InlineData(WatchBreak.Garbage)]
    public async Task Fault29_a_watch_that_breaks_is_open_again_within_a_second_and_three_requests(WatchBreak how)
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(FaultReplicaSetup.Lasting);

        (int watches, int total) = (standby.Proxy.Requests["watch"], standby.Proxy.Requests.Total);
        long broken = WorkJournal.Now;
        standby.Proxy.BreakWatches(how);
        await Polling.UntilAsync(
            () => Task.FromResult(standby.Proxy.Requests["watch"] > watches && standby.Proxy.Requests.WatchesOpen == 1),
            Patience);
        TimeSpan took = Between(broken, standby.Proxy.Requests.Newest.Last(request => request.Verb == "watch").Arrived);
        int requests = standby.Proxy.Requests.Total - total;
        await leader.Host.StopAsync();
        WorkSpan next = await standby.WorksAsync();

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1) + Slack);
        Assert.InRange(requests, 1, 3);
        scene.Conclude(
            29, $"{how}: watching again within 1 s and 3 requests",
            $"{Ms(took)}, {requests} requests; hand-over after it {Ms(Between(leader.Spans.Single().End!.Value, next.Start))}");
    }

    [ApiServerFact]
    public async Task Fault30_a_watch_that_is_closed_again_and_again_is_opened_once_for_each()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        // No watch lives long enough to be silent for two renewals, after which it would be replaced before its end.
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync(new FaultReplicaSetup
        {
            Configure = options =>
            {
                FaultReplicaSetup.Lasting.Configure!(options);
                options.RenewInterval = TimeSpan.FromSeconds(2);
            },
        });

        var life = TimeSpan.FromSeconds(1.3);
        (int watches, int gets) = (standby.Proxy.Requests["watch"], standby.Proxy.Requests["get"]);
        standby.Proxy.CloseWatchesAfter(life);
        long begun = WorkJournal.Now;
        await PassAsync(life * 4.5);
        int opened = standby.Proxy.Requests["watch"] - watches;
        int reads = standby.Proxy.Requests["get"] - gets;
        Assert.InRange(opened, 1, (int)(Between(begun, WorkJournal.Now) / life));
        Assert.InRange(reads, 0, 1); // None, but when the machine stops for longer than a watch may be silent.

        // Then every watch ends the moment it begins.
        watches = standby.Proxy.Requests["watch"];
        standby.Proxy.CloseWatchesAfter(TimeSpan.Zero);
        var storm = TimeSpan.FromSeconds(5);
        begun = WorkJournal.Now;
        await PassAsync(storm);
        int inStorm = standby.Proxy.Requests["watch"] - watches;
        Assert.InRange(inStorm, 1, 4 + (int)Between(begun, WorkJournal.Now).TotalSeconds);
        standby.Proxy.Heal();
        await leader.Host.StopAsync();
        WorkSpan next = await standby.WorksAsync();

        WorkReport report = scene.Conclude(
            30, "1 reconnect per closure; in a storm at most 1 a second after the first four",
            $"{opened} in 4.5 lives, {reads} reads; {inStorm} in a storm of {Ms(storm)}; led "
                + $"{Ms(Between(leader.Spans.Single().End!.Value, next.Start))} after the leader's end");
        Assert.Equal(2, report.Terms);
    }
}
