using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md that befall a process: 1 to 3, 20, 21, 36 to 38.</summary>
public class ProcessFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault01_KillNine_AnotherLeadsWhenTheLeaseRunsOut() => _table.Measure(
        nameof(Fault01_KillNine_AnotherLeadsWhenTheLeaseRunsOut), "12 s < kill to next start <= 15.1 s", 12, 15.1, seed =>
        {
            var scene = new Scene(seed);
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Fact]
    public void Fault02_GracefulStop_AnotherLeadsAtOnceWhenWorkHasEnded() => _table.Measure(
        nameof(Fault02_GracefulStop_AnotherLeadsAtOnceWhenWorkHasEnded), "end of work to next start <= 50 ms", 0, 0.05, seed =>
        {
            var scene = new Scene(seed);
            scene.Leader.ShutDown();
            scene.Until(() => scene.Work.IsEnded);
            return (scene.UntilNextTerm() - scene.World.Oracle.WorkEndedAt).TotalSeconds;
        });

    [Fact]
    public void Fault03_StuckWork_KeepsTheLeaseUntilTheDrainTimesOut_AndEndsItsProcess() => _table.Check(
        nameof(Fault03_StuckWork_KeepsTheLeaseUntilTheDrainTimesOut_AndEndsItsProcess), "no release; fail fast by s + D + stop timeout",
        seed =>
        {
            var scene = new Scene(seed, with: scenario => scenario with
            {
                WorkDisobeys = 1,
                Settings = scenario.Settings with { WhenWorkOverruns = WorkOverrunPolicy.FailFast, DrainTimeout = TimeSpan.FromSeconds(8) },
            });
            scene.Leader.ShutDown();
            scene.Until(() => scene.Leader.IsDead || scene.Work.IsEnded, within: 100);

            // It drains for eight seconds, renewing; a last renewal proves D more; then the work has its stop timeout.
            TimeSpan latest = scene.Work.ToldInTruth + TimeSpan.FromSeconds(8) + Scene.Settings.RenewDeadline + Scene.Settings.StopTimeout;
            scene.AssertThat(scene.World.Now <= latest + TimeSpan.FromMilliseconds(50), "It lived on.");
            scene.AssertThat(scene.Work.IsEnded || scene.World.Server.Current!.Record.HasHolder, "It released the lease.");
        });

    [Fact]
    public void Fault20_FrozenForAWhile_ActsBetweenCheckAndActAreRefusedByTheirToken()
    {
        int refused = 0;
        _table.Check(nameof(Fault20_FrozenForAWhile_ActsBetweenCheckAndActAreRefusedByTheirToken), "IsHeld false on waking; late writes "
            + "refused", seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            scene.Leader.Freeze();
            double pause = Math.Pow(10, (scene.World.Random.NextDouble() * 2.8) - 1); // 0.1 s to a minute.
            scene.Pass(pause);
            bool isOver = scene.World.Now >= scene.Deadline;
            scene.Leader.Resume(TimeSpan.Zero);
            scene.AssertThat(!isOver || !scene.Leader.IsHeld, "It believes to lead still.");
            scene.Pass(5);
            refused += scene.World.Resource.Refused;
        });
        Assert.True(refused > 0, "No write was ever late.");
    }

    [Fact]
    public void Fault21_StarvedThreadPool_WorkIsToldInTime() => _table.Measure(
        nameof(Fault21_StarvedThreadPool_WorkIsToldInTime), "told <= 100 ms after s + D", 0, 0.1, seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            scene.Leader.Node.StarvedUntil = scene.World.Now + TimeSpan.FromSeconds(30);
            scene.Until(() => scene.Work.IsTold);
            scene.AssertThat(!scene.Leader.IsHeld, "It believes to lead still.");
            return (scene.Work.ToldInTruth - scene.Deadline).TotalSeconds;
        });

    /// <summary>Whatever proves the death of the holder of a version (today the file store, later the status of its container).</summary>
    [Fact]
    public void Fault36_ProvenDeath_AnotherLeadsAtOnce() => _table.Measure(
        nameof(Fault36_ProvenDeath_AnotherLeadsAtOnce), "proof to next start <= 1.5 s", 0, 1.5, seed =>
        {
            var scene = new Scene(seed);
            scene.Leader.Node.Kill();
            scene.Pass(0.5);
            TimeSpan proven = scene.World.Now;
            Tell(scene, scene.World.Server.Current!.ResourceVersion);
            return (scene.UntilNextTerm() - proven).TotalSeconds;
        });

    [Fact]
    public void Fault37_FalseSignsOfDeath_AreIgnored() => _table.Measure(
        nameof(Fault37_FalseSignsOfDeath_AreIgnored), "as fault 1", 12, 15.1, seed =>
        {
            var scene = new Scene(seed);
            string old = scene.World.Server.Current!.ResourceVersion;
            scene.UntilCommit();
            scene.Pass(0.1);
            Tell(scene, old);
            Tell(scene, "1");
            scene.Pass(1);
            scene.AssertStillLeads("A proof about another version was believed.");
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            Tell(scene, old);
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Fact]
    public void Fault38_FiftyStandbys_OneWins() => _table.Measure(
        nameof(Fault38_FiftyStandbys_OneWins), "expiry to next start <= 1 s, one winner, <= 49 conflicts", 0, 1, seed =>
        {
            var scene = new Scene(seed, nodes: 50);
            TimeSpan expires = scene.Leader.Truth.ProofSentAt + Scene.Settings.LeaseDuration;
            scene.Leader.Node.Kill();
            TimeSpan next = scene.UntilNextTerm();
            scene.Pass(1);
            scene.AssertThat(scene.Terms == 2, "More than one took over.");
            scene.AssertThat(scene.Standbys.Sum(node => node.Process!.Truth.WritesSent) <= 50, "More than one winner and 49 conflicts.");
            return (next - expires).TotalSeconds;
        }, seeds: 50);

    private static void Tell(Scene scene, string version)
    {
        foreach (Node node in scene.Standbys)
            node.Process!.Post(new ElectionInput.Watched(new LeaseEvent.HolderDead(version)));
    }
}
