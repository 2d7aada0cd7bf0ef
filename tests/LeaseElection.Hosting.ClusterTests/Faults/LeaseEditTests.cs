using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>Somebody deletes or edits the lease under a healthy leader.</summary>
[Collection(WaitingHosts.Name)]
public sealed class LeaseEditTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fault22_a_deleted_lease_ends_the_term_at_once_and_is_waited_for_all_the_same()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await scene.LeaderAndStandbyAsync();

        await EndsAtOnceAsync(scene, 22, scene.DeleteAsync, "DELETE");
    }

    [ApiServerFact]
    public async Task Fault23_a_deleted_lease_is_noticed_by_the_next_renewal_when_the_watch_is_silent()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica _) = await scene.LeaderAndStandbyAsync();
        leader.Proxy.SilenceWatches();

        await EndsAtOnceAsync(scene, 23, scene.DeleteAsync, "DELETE behind a silent watch", Interval);
    }

    [ApiServerFact]
    public async Task Fault24_a_lease_edited_to_another_holder_ends_the_term_at_once()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await scene.LeaderAndStandbyAsync();

        await EndsAtOnceAsync(
            scene, 24, () => scene.EditAsync(lease => lease["spec"]!["holderIdentity"] = "an intruder"), "another holder written");
    }

    [ApiServerTheory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Fault24_a_lease_cleared_by_hand_ends_the_term_at_once_and_is_waited_for_all_the_same(string? holder)
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        await scene.LeaderAndStandbyAsync();

        await EndsAtOnceAsync(
            scene,
            24,
            () => scene.EditAsync(lease => lease["spec"]!["holderIdentity"] = holder is null ? null : JsonValue.Create(holder)),
            holder is null ? "holder removed" : "holder emptied");
    }

    /// <summary>The worst of it: the leader cannot see it, and for everybody else the lease is free.</summary>
    [ApiServerTheory]
    [InlineData(22, "deleted")]
    [InlineData(24, "cleared")]
    public async Task Fault22_Fault24_a_lease_deleted_or_cleared_behind_a_partitioned_leader_is_waited_for(int fault, string change)
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        (FaultReplica leader, FaultReplica standby) = await scene.LeaderAndStandbyAsync();

        leader.Proxy.Partition();
        if (change == "deleted")
            await scene.DeleteAsync();
        else
            await scene.EditAsync(lease => lease["spec"]!["holderIdentity"] = "");
        WorkSpan next = await standby.WorksAsync();
        WorkSpan work = await leader.EndsAsync(leader.Spans.Single());

        (TimeSpan ended, TimeSpan began) = (Between(leader.LastRenewal, work.End!.Value), Between(leader.LastRenewal, next.Start));
        Assert.InRange(ended, TimeSpan.Zero, Deadline + Slack);
        Assert.InRange(began, Lease, Lease + Slack);
        scene.Conclude(
            fault, $"{change} behind a partitioned leader: a standby that saw it waits L = {Ms(Lease)} all the same",
            $"ended after {Ms(ended)}, another began after {Ms(began)}");
    }

    /// <summary>The leader stops at once; nobody begins before the lease that it was promised has run out.</summary>
    private static async Task EndsAtOnceAsync(
        FaultScene scene, int fault, Func<Task> change, string what, TimeSpan later = default,
        [CallerMemberName] string test = "")
    {
        WorkSpan work = scene.Journal.Spans.Single();
        long begun = WorkJournal.Now;
        await change();
        work = await scene.Journal.WaitForAsync(span => span.Token == work.Token && span.End is not null, "the work to end");
        TimeSpan ended = Between(begun, work.End!.Value);
        WorkSpan next = await scene.Journal.WaitForAsync(span => span.Token > work.Token, "somebody to lead again");
        TimeSpan began = Between(work.End.Value, next.Start);

        Assert.InRange(ended, TimeSpan.Zero, later + Slack);
        // From the last renewal that was seen, which may have been an interval before the change.
        Assert.InRange(began, TimeSpan.Zero, Lease + Slack);
        scene.Conclude(
            fault,
            $"{what}: stops {(later == default ? "at once" : $"by the next renewal ({Ms(later)})")}; 0 overlap; another within L = "
                + $"{Ms(Lease)}",
            $"stopped after {Ms(ended)}; {next.Identity} led {Ms(began)} after that",
            test: test);
    }
}
