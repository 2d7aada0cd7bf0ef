using LeaseElection.Hosting.Election;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md that befall the lease itself: 22 to 26, 39 and 40.</summary>
public class LeaseFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault22_LeaseDeleted_TheLeaderStopsAndTheOthersWaitForIt() => _table.Measure(
        nameof(Fault22_LeaseDeleted_TheLeaderStopsAndTheOthersWaitForIt), "told <= 50 ms; no overlap (client-go: 11.9 s)", 0, 0.05, seed =>
        {
            var scene = new Scene(seed);
            TimeSpan deleted = scene.World.Now;
            scene.World.Server.Delete();
            scene.UntilNextTerm();
            return (scene.Work.ToldInTruth - deleted).TotalSeconds;
        });

    [Fact]
    public void Fault23_LeaseDeletedAndTheWatchSilent_TheNextRenewalTells() => _table.Measure(
        nameof(Fault23_LeaseDeletedAndTheWatchSilent_TheNextRenewalTells), "told <= R' + 0.1 s; no overlap", 0, 3.1, seed =>
        {
            var scene = new Scene(seed);
            scene.World.Server.SilenceWatches(scene.Leader.Node);
            TimeSpan deleted = scene.World.Now;
            scene.World.Server.Delete();
            scene.UntilNextTerm();
            return (scene.Work.ToldInTruth - deleted).TotalSeconds;
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("somebody-else")]
    public void Fault24_HolderEditedByHand_TheLeaderStopsAndTheOthersWaitForIt(string? holder) => _table.Measure(
        nameof(Fault24_HolderEditedByHand_TheLeaderStopsAndTheOthersWaitForIt),
        $"holder {holder ?? "null"}: told <= 50 ms; no overlap (client-go: 11.9 s)", 0, 0.05, seed =>
        {
            var scene = new Scene(seed);
            TimeSpan edited = scene.World.Now;
            scene.World.Server.Edit(record => record with { HolderIdentity = holder });
            scene.UntilNextTerm();
            return (scene.Work.ToldInTruth - edited).TotalSeconds;
        });

    [Fact]
    public void Fault25_LabelsEditedEverySecond_KeepNoDeadLeaderAlive() => _table.Measure(
        nameof(Fault25_LabelsEditedEverySecond_KeepNoDeadLeaderAlive), "as fault 1", 12, 15.1, seed =>
        {
            var scene = new Scene(seed);
            EditLabels(scene.World);
            scene.Pass(3);
            scene.AssertStillLeads("An edit of labels cost the term.");
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Fact]
    public void Fault26_WritesWithoutUid_AreSeenByTheOracle()
    {
        MutantTrial trial = MutantTrial.Run(
            MutantCatalog.All.Single(mutant => mutant.Name == "a write carries no uid"), MutantReport.MostSeeds, typeof(Seed));

        _table.Tell(nameof(Fault26_WritesWithoutUid_AreSeenByTheOracle), "caught <= 10,000 seeds", $"caught at seed {trial.Seeds}");
        Assert.NotNull(trial.Violation);
    }

    /// <summary>Other electors for real are in ClusterTests/Electors; here, replicas whose settings differ.</summary>
    [Fact]
    public void Fault39_DurationsDiffer_TheHoldersIsObeyed() => _table.Measure(
        nameof(Fault39_DurationsDiffer_TheHoldersIsObeyed), "last commit to next start: the holder's 15 s or 30 s, + 0.1 s", -0.01, 0.1,
        seed =>
        {
            ElectorSettings longer = Scene.Settings with
            {
                LeaseDuration = TimeSpan.FromSeconds(30),
                RenewDeadline = TimeSpan.FromSeconds(20),
                RenewInterval = TimeSpan.FromSeconds(5),
            };
            var scene = new Scene(seed, with: scenario => scenario with { OtherSettings = longer });
            scene.UntilCommit();
            scene.Pass(0.1);
            TimeSpan last = scene.Leader.Truth.ProofSentAt;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - last - scene.Leader.Settings.LeaseDuration).TotalSeconds;
        });

    [Fact]
    public void Fault40_EtcdRestored_NoSmallerTokenIsHandedOut() => _table.Check(
        nameof(Fault40_EtcdRestored_NoSmallerTokenIsHandedOut), "a process that has seen greater versions leads without a token", seed =>
        {
            var scene = new Scene(seed, nodes: 1);
            scene.Pass(30);
            UInt128 seen = scene.Leader.Work!.Facts.Token!.Value.Value;
            scene.World.Server.Restore(1000);
            scene.World.Server.Restore(1000);
            scene.Until(() => scene.Leader.Work != scene.Work && scene.Leader.IsHeld, within: 90);
            scene.AssertThat(scene.Leader.Work!.Facts.Token is not { } token || token.Value > seen, "The token went back.");
        });

    [Fact]
    public void Fault40_VersionsBeyond64Bits_AreTokens() => _table.Check(
        nameof(Fault40_VersionsBeyond64Bits_AreTokens), "tokens grow across 2^64", seed =>
        {
            var scene = new Scene(seed, with: scenario => scenario with { FirstVersion = ulong.MaxValue - 5 });
            for (int i = 0; i < 3; i++)
            {
                scene.World.Leader!.ShutDown();
                scene.UntilNextTerm();
            }

            scene.AssertThat(scene.World.Leader!.Work!.Facts.Token!.Value.Value > ulong.MaxValue, "The versions did not get that far.");
        }, seeds: 50);

    [Fact]
    public void Fault40_VersionsThatAreNoNumbers_GiveNoToken() => _table.Check(
        nameof(Fault40_VersionsThatAreNoNumbers_GiveNoToken), "no token, and the election goes on", seed =>
        {
            var scene = new Scene(seed, with: scenario => scenario with { HasNumbers = false });
            scene.AssertThat(scene.Work.Facts.Token is null, "A token was made up.");
            scene.Leader.ShutDown();
            scene.UntilNextTerm();
        }, seeds: 50);

    private static void EditLabels(World world)
    {
        world.Server.Edit(record => record);
        world.In(TimeSpan.FromSeconds(1), () => EditLabels(world));
    }
}
