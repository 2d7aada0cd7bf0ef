using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md between a process and the server: 4 to 12 and 31.</summary>
public class NetworkFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault04_Partition_WorkIsToldAtTheDeadline() => _table.Measure(
        nameof(Fault04_Partition_WorkIsToldAtTheDeadline), "told 0 to 50 ms after s + D; no overlap", 0, 0.05, seed =>
        {
            var scene = new Scene(seed);
            scene.UntilCommit();
            scene.Pass(0.05);
            Cut(scene);
            scene.Until(() => scene.Work.IsTold);
            double late = (scene.Work.ToldInTruth - scene.Deadline).TotalSeconds;
            scene.UntilNextTerm();
            return late;
        });

    [Fact]
    public void Fault05_PartitionAtAnyPhase_NeverTwoLeaders() => _table.Measure(
        nameof(Fault05_PartitionAtAnyPhase_NeverTwoLeaders), "next start 15 to 15.1 s after the last commit; no overlap", 15, 15.1, seed =>
        {
            var scene = new Scene(seed);
            scene.Pass(scene.World.Random.NextDouble() * 3);
            Cut(scene);
            scene.Pass(0.1);
            TimeSpan last = scene.World.Oracle.CommittedAt; // Also of a write whose reply was cut off.
            return (scene.UntilNextTerm() - last).TotalSeconds;
        }, seeds: 1000);

    [Fact]
    public void Fault06_ReplyTenSecondsLate_ValidityCountsFromTheRequest() => _table.Check(
        nameof(Fault06_ReplyTenSecondsLate_ValidityCountsFromTheRequest), "IsHeld false at s + D; 0 overlap (client-go: 6.9 s)", seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            scene.Link.SlowReply = TimeSpan.FromSeconds(9.9);
            scene.Until(() => !scene.Leader.IsHeld);
            scene.AssertThat(scene.World.Now <= scene.Deadline, "It held on for longer.");
            scene.UntilNextTerm();
        });

    [Fact]
    public void Fault07_ReplyJustWithinTheTimeout_TheLeaderStays() => _table.Check(
        nameof(Fault07_ReplyJustWithinTheTimeout_TheLeaderStays), "+2.4 s a renewal: 0 losses in 60 s", seed =>
        {
            var scene = new Scene(seed);
            scene.Link.SlowReply = TimeSpan.FromSeconds(2.4);
            scene.Pass(60);
            scene.AssertStillLeads("A slow reply cost the term.");
        }, seeds: 100);

    [Fact]
    public void Fault08_LostReply_TheLeaderStays() => _table.Check(nameof(Fault08_LostReply_TheLeaderStays), "0 losses", seed =>
    {
        var scene = new Scene(seed);
        scene.Link.LostReplies = 1 + (seed % 3);
        scene.Pass(30);
        scene.AssertStillLeads("A lost reply cost the term.");
    });

    [Fact]
    public void Fault09_LostReplyOfATakeOver_LeadsByAFreshWrite() => _table.Measure(
        nameof(Fault09_LostReplyOfATakeOver_LeadsByAFreshWrite), "first commit to start <= 0.5 s; token of the confirmed write", 0, 0.5,
        seed =>
        {
            var scene = new Scene(seed, nodes: 2);
            scene.Leader.Node.Kill();
            Node standby = scene.Standbys.Single();
            standby.Link.LostReplies = 1;
            scene.Until(() => standby.Process!.Truth.LastCommit >= 0);
            TimeSpan committed = scene.World.Now;
            TimeSpan began = scene.UntilNextTerm();
            scene.AssertThat(
                standby.Process!.Work!.Facts.ResourceVersion == scene.World.Server.Current!.ResourceVersion,
                "The token is not that of its write.");
            return (began - committed).TotalSeconds;
        });

    [Fact]
    public void Fault10_LateCommitOfAnAbandonedTakeOver_LeadsOnlyByARenewal() => _table.Check(
        nameof(Fault10_LateCommitOfAnAbandonedTakeOver_LeadsOnlyByARenewal), "no term without a confirmed write of its own", seed =>
        {
            var scene = new Scene(seed);
            scene.Leader.Node.Kill();
            foreach (Node standby in scene.Standbys)
                standby.Link.LateCommit = TimeSpan.FromSeconds(20);
            scene.Pass(16);
            foreach (Node standby in scene.Standbys)
                standby.Link.LateCommit = TimeSpan.Zero;
            scene.Until(() => scene.World.Leader is not null, within: 40);
            scene.Pass(30);
        });

    [Fact]
    public void Fault11_LateRenewalAgainstRelease_TheLeaseEndsReleased() => _table.Check(
        nameof(Fault11_LateRenewalAgainstRelease_TheLeaseEndsReleased), "released in the end", seed =>
        {
            var scene = new Scene(seed, nodes: 1);
            scene.ExpectLoss();
            scene.Link.LateCommit = TimeSpan.FromSeconds(2.6);
            scene.UntilCommit();
            scene.World.IsClosing = true;
            scene.Leader.ShutDown();
            scene.Until(() => scene.Work.IsEnded);
            scene.Link.LateCommit = TimeSpan.Zero;
            scene.Until(() => scene.Leader.IsDead);
            scene.AssertThat(!scene.World.Server.Current!.Record.HasHolder, "It was not released.");
        });

    [Fact]
    public void Fault12_DuplicateDelivery_TheSecondConflictsAndNobodyMinds() => _table.Check(
        nameof(Fault12_DuplicateDelivery_TheSecondConflictsAndNobodyMinds), "0 losses", seed =>
        {
            var scene = new Scene(seed);
            scene.Link.Replays = 10;
            scene.Pass(40);
            scene.AssertStillLeads("A duplicate cost the term.");
        });

    [Fact]
    public void Fault31_DeadConnection_IsReplacedAfterOneTimeout() => _table.Measure(
        nameof(Fault31_DeadConnection_IsReplacedAfterOneTimeout), "recovered <= 2.5 s + 0.3 s after the attempt; the leader stays", 0, 2.8,
        seed =>
        {
            var scene = new Scene(seed);
            scene.World.Server.SilenceWatches(scene.Leader.Node);
            int last = scene.Leader.Truth.LastCommit;
            scene.Link.IsCut = true;
            int sent = Scene.Sent(scene.Leader.Node);
            TimeSpan attempt = scene.Until(() => Scene.Sent(scene.Leader.Node) > sent);
            scene.Pass(0.1);
            scene.Link.IsCut = false; // Whatever comes next goes over a new connection.
            TimeSpan recovered = scene.Until(() => scene.Leader.Truth.LastCommit != last);
            scene.Pass(20);
            scene.AssertStillLeads("A dead connection cost the term.");
            return (recovered - attempt).TotalSeconds;
        });

    private static void Cut(Scene scene)
    {
        scene.ExpectLoss();
        scene.Link.IsCut = true;
        scene.World.Server.SilenceWatches(scene.Leader.Node);
    }
}
