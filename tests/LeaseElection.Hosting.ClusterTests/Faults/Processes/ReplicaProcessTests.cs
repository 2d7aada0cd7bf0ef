using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults.Processes;

/// <summary>What happens to whole processes: killed, stopped by the kernel, starved, deaf to being asked.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class ReplicaProcessTests(ApiServerFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [ApiServerFact]
    public async Task Fault01_a_killed_leader_is_succeeded_when_its_lease_has_run_out()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(scene, _folder, "a");
        await a.WorksAsync();
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b");
        await using ReplicaProcess c = await ReplicaProcess.StartAsync(scene, _folder, "c");
        await StandsByAsync(b, a);
        await StandsByAsync(c, a);

        var (shortest, longest) = (TimeSpan.MaxValue, TimeSpan.Zero);
        ReplicaProcess leader = a;
        for (int kill = 0; kill < 2; kill++)
        {
            // At any phase of its cycle of renewals.
            await PassAsync(Interval * Random.Shared.NextDouble());
            leader.Send(UnixSignal.Kill);
            await leader.ExitedAsync();
            ReplicaProcess killed = leader;
            FencingToken token = scene.Journal.Spans[^1].Token;
            ReplicaProcess[] alive = kill == 0 ? [b, c] : [killed == b ? c : b];
            leader = await LeadsNextAsync(scene, alive, token);
            TimeSpan began = Between(killed.LastRenewal, scene.Journal.Spans[^1].Start);
            shortest = began < shortest ? began : shortest;
            longest = began > longest ? began : longest;
        }

        Assert.InRange(shortest, Lease, Lease + Slack);
        Assert.InRange(longest, Lease, Lease + Slack);
        scene.Conclude(
            1, $"another leads L = {Ms(Lease)} + 50 ms after the last renewal", $"{Ms(shortest)} and {Ms(longest)} after it (2 kills)");
    }

    /// <summary>As work that kills its process does: a kill is a kill.</summary>
    [ApiServerFact]
    public async Task Leaders_killed_one_after_the_other_are_succeeded_later_from_the_fourth_on_where_asked()
    {
        const string slowly = "LeaderElection:TakeOverBackoff=true";
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(scene, _folder, "a", slowly);
        await a.WorksAsync();
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b", slowly);
        await using ReplicaProcess c = await ReplicaProcess.StartAsync(scene, _folder, "c", slowly);
        await using ReplicaProcess d = await ReplicaProcess.StartAsync(scene, _folder, "d", slowly);
        await using ReplicaProcess e = await ReplicaProcess.StartAsync(scene, _folder, "e", slowly);
        List<ReplicaProcess> alive = [b, c, d, e];
        foreach (ReplicaProcess standby in alive)
            await StandsByAsync(standby, a);

        List<TimeSpan> waits = [];
        ReplicaProcess leader = a;
        for (int kill = 0; kill < 4; kill++)
        {
            await StandsByAsync(alive[0], leader);
            leader.Send(UnixSignal.Kill);
            await leader.ExitedAsync();
            ReplicaProcess killed = leader;
            leader = await LeadsNextAsync(scene, [.. alive], scene.Journal.Spans[^1].Token);
            alive.Remove(leader);
            waits.Add(Between(killed.LastRenewal, scene.Journal.Spans[^1].Start));
        }

        output.WriteLine("from the last renewal to the next start: " + string.Join(", ", waits.Select(Ms)));
        Assert.All(waits.Take(3), wait => Assert.InRange(wait, Lease, Lease + Slack));
        Assert.InRange(waits[3], Lease * 2, (Lease * 2) + Slack);
    }

    [ApiServerFact]
    public async Task Fault03_work_that_does_not_stop_keeps_the_lease_until_its_process_has_ended()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(scene, _folder, "a", "Fault:Deaf=true", "Fault:ShutdownSeconds=6");
        await a.WorksAsync();
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b");
        await StandsByAsync(b, a);

        int updates = a.Proxy.Requests["update"];
        long told = WorkJournal.Now;
        a.Send(UnixSignal.Terminate);
        await a.ExitedAsync();
        TimeSpan stopped = Between(told, WorkJournal.Now);
        int renewals = a.Proxy.Requests["update"] - updates;
        WorkSpan next = await b.WorksAsync();

        Assert.True(stopped > Lease, $"it ended after {stopped}, before a lease had run out");
        Assert.InRange(renewals, 3, (int)(stopped / Interval) + 1);
        Assert.InRange(Between(a.LastRenewal, next.Start), Lease, Lease + Slack);
        scene.Conclude(
            3, "graceful stop, deaf work: renewed as long as the process lives, never released",
            $"{renewals} renewals in the {Ms(stopped)} it took to end; another led {Ms(Between(a.LastRenewal, next.Start))} after the "
                + $"last");
    }

    [ApiServerFact]
    public async Task Fault03_work_that_does_not_stop_when_the_lease_is_lost_is_ended_with_its_process()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        // The end of a process that fails fast takes its time: it writes down what it did.
        (TimeSpan lease, TimeSpan stopTimeout) = (Lease * 2, (Lease - Deadline) * 0.3);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(
            scene, _folder, "a", "Fault:Deaf=true", "LeaderElection:WhenWorkOverruns=FailFast",
            $"LeaderElection:StopTimeout={stopTimeout}", $"LeaderElection:LeaseDuration={lease}");
        await a.WorksAsync();
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b");
        await StandsByAsync(b, a);

        a.Proxy.Partition();
        int code = await a.ExitedAsync();
        TimeSpan died = Between(a.LastRenewal, WorkJournal.Now);
        WorkSpan next = await b.WorksAsync();

        Assert.Equal(128 + 6, code); // SIGABRT, as FailFast ends.
        scene.Conclude(
            3, $"loss, deaf work, FailFast: the process ends at D + StopTimeout = {Ms(Deadline + stopTimeout)}, before L = {Ms(lease)}",
            $"gone after {Ms(died)}; another led after {Ms(Between(a.LastRenewal, next.Start))}");
    }

    /// <summary>Its program has something left to do after its host, which has not waited for work that does not stop.</summary>
    [ApiServerFact]
    public async Task Fault03_work_that_outlives_its_host_is_ended_with_its_process()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(
            scene, _folder, "a", "Fault:Deaf=true", "Fault:Lingers=true", "Fault:ShutdownSeconds=1",
            "LeaderElection:WhenWorkOverruns=FailFast");
        await a.WorksAsync();

        a.Send(UnixSignal.Terminate);
        int code = await a.ExitedAsync();

        Assert.Equal(128 + 6, code); // SIGABRT, as FailFast ends.
        scene.Conclude(
            3, "graceful stop, deaf work, FailFast, a program that goes on after its host: the process ends",
            $"gone {Ms(Between(a.LastRenewal, WorkJournal.Now))} after its last renewal");
    }

    [ApiServerFact]
    public async Task Fault20_a_stopped_process_that_goes_on_after_its_lease_begins_nothing_further()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess a = await ReplicaProcess.StartAsync(scene, _folder, "a");
        WorkSpan work = await a.WorksAsync();
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b");
        await StandsByAsync(b, a);

        await a.PauseAsync();
        WorkSpan next = await b.WorksAsync();
        long last = a.LastRenewal;
        await PassAsync(Lease - Deadline);
        long woken = WorkJournal.Now;
        a.Send(UnixSignal.Continue);
        string[] told = await a.SaysAsync("told");
        await Polling.UntilAsync(() => Task.FromResult(Ended(a, work)), Patience);
        TimeSpan ended = Between(woken, scene.Journal.Spans.Single(span => span.Token == work.Token).End!.Value);

        // Its acts are in the journal: none may come after the other's start. That it notes its end late is what a pause means.
        Assert.InRange(Between(last, next.Start), Lease, Lease + Slack);
        Assert.InRange(ended, TimeSpan.Zero, Slack);
        scene.Conclude(
            20, "SIGSTOP beyond the lease, SIGCONT: 0 acts of the old term after it",
            $"0 acts; work told and ended {Ms(ended)} after SIGCONT ({told[0]} ms after its deadline)", pausedIdentity: "a");
    }

    [ApiServerFact]
    public async Task Fault21_a_starved_thread_pool_costs_no_term()
    {
        string[] timings =
        [
            "LeaderElection:LeaseDuration=00:00:08", "LeaderElection:RenewDeadline=00:00:05", "LeaderElection:RetryPeriod=00:00:01"
        ];
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b", [.. timings, "Fault:StarveSeconds=10"]);
        WorkSpan work = await b.WorksAsync();
        await using ReplicaProcess c = await ReplicaProcess.StartAsync(scene, _folder, "c", timings);
        await StandsByAsync(c, b);

        b.Send(Replica.Starve);
        await b.SaysAsync("starved");
        long starved = WorkJournal.Now;
        await b.SaysAsync("fed");
        long fed = WorkJournal.Now;
        int renewals = b.Proxy.Requests.Newest.Count(
            request => request is { Verb: "update", Status: 200 } && request.Arrived > starved && request.Arrived < fed);
        await StandsByAsync(c, b); // Renewed again, by the pool.

        Assert.False(Ended(b, work));
        Assert.Equal(work.Token, Assert.Single(scene.Journal.Spans).Token);
        Assert.InRange(renewals, 3, 40);
        scene.Conclude(21, "10 000 blocked tasks for 10 s, deadline 5 s: no term lost", $"kept, {renewals} renewals meanwhile");
    }

    [ApiServerFact]
    public async Task Fault21_a_starved_thread_pool_delays_no_stop()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await using ReplicaProcess b = await ReplicaProcess.StartAsync(scene, _folder, "b", "Fault:StarveSeconds=8");
        WorkSpan work = await b.WorksAsync();
        await using ReplicaProcess c = await ReplicaProcess.StartAsync(scene, _folder, "c");
        await StandsByAsync(c, b);

        b.Send(Replica.Starve);
        await b.SaysAsync("starved");
        b.Proxy.Partition(); // What renews without the pool hangs.
        double late = ReplicaProcess.Number((await b.SaysAsync("told"))[0]);
        WorkSpan next = await c.WorksAsync();
        await b.SaysAsync("fed");
        await Polling.UntilAsync(() => Task.FromResult(Ended(b, work)), Patience);

        Assert.InRange(late, 0, Slack.TotalMilliseconds); // Of the 8 s that a stop on the thread pool would wait.
        scene.Conclude(
            21, "10 000 blocked tasks for 8 s, cut off: work told at the deadline",
            $"told {late:0.0} ms after it; the term was lost; another led {Ms(Between(b.LastRenewal, next.Start))} after the last renewal");
    }

    private static bool Ended(ReplicaProcess process, WorkSpan work)
    {
        process.Read();
        return process.EndOf(work) is not null;
    }

    /// <summary>Waits until it watches the lease, and the leader has renewed since.</summary>
    private static async Task StandsByAsync(ReplicaProcess process, ReplicaProcess leader)
    {
        await Polling.UntilAsync(() => Task.FromResult(process.Proxy.Requests.WatchesOpen == 1), Patience);
        long before = leader.LastRenewal;
        await Polling.UntilAsync(() => Task.FromResult(leader.LastRenewal > before), Patience);
    }

    private static async Task<ReplicaProcess> LeadsNextAsync(FaultScene scene, ReplicaProcess[] candidates, FencingToken after)
    {
        ReplicaProcess? next = null;
        await Polling.UntilAsync(
            () =>
            {
                foreach (ReplicaProcess candidate in candidates)
                    candidate.Read();
                next = Array.Find(
                    candidates, candidate => scene.Journal.Spans.Any(span => span.Identity == candidate.Identity && span.Token > after));
                return Task.FromResult(next is not null);
            },
            Patience);
        return next!;
    }
}
