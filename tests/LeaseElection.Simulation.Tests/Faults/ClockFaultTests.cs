using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md that befall clocks and timers: 13 to 19.</summary>
public class ClockFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault13_SlowLeaderFastStandby_TheStopBudgetIsEnough() => _table.Measure(
        nameof(Fault13_SlowLeaderFastStandby_TheStopBudgetIsEnough),
        "rates -8.3 % / +8.3 %, work takes its whole budget of 2.69 s: from its end to the next start more than 0", 0.000001, 20, seed =>
        {
            var scene = new Scene(seed, nodes: 2, with: scenario => scenario with { RateError = 0.083 });
            scene.Leader.Node.Clock.SetRate(1 - 0.083);
            scene.Standbys.Single().Clock.SetRate(1 + 0.083);
            scene.UntilCommit();
            scene.UntilCommit();
            scene.Pass(0.05);
            scene.ExpectLoss();
            scene.Link.IsCut = true;
            scene.World.Server.SilenceWatches(scene.Leader.Node);
            TimeSpan next = scene.UntilNextTerm();
            return (next - scene.World.Oracle.WorkEndedAt).TotalSeconds;
        });

    [Fact]
    public void Fault14_WallClockStepsByAnHour_NothingHappens() => _table.Check(
        nameof(Fault14_WallClockStepsByAnHour_NothingHappens), "no change of leader in 60 s", seed =>
        {
            var scene = new Scene(seed);
            Node node = scene.World.Nodes[seed % 3];
            node.Clock.StepWall(TimeSpan.FromHours(seed % 2 == 0 ? 1 : -1));
            node.Process!.Watchdog.LookSoon();
            scene.Pass(60);
            scene.AssertStillLeads("A step of the wall clock cost the term.");
        });

    [Fact]
    public void Fault15_WallClockStandsStill_RenewalsAreSeen() => _table.Check(
        nameof(Fault15_WallClockStandsStill_RenewalsAreSeen),
        "renewTime grows all the same; no take-over in 60 s (client-go: 12 s overlap)", seed =>
        {
            var scene = new Scene(seed);
            scene.Leader.Node.Clock.StickWall();
            scene.Pass(60);
            scene.AssertStillLeads("A stuck wall clock cost the term.");
        });

    [Fact]
    public void Fault16_TimersStuck_IsHeldEndsAllTheSame() => _table.Measure(
        nameof(Fault16_TimersStuck_IsHeldEndsAllTheSame), "IsHeld false at s + D although no timer ran", 0, 0.001, seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            scene.Leader.Node.TimersStuckUntil = scene.World.Now + TimeSpan.FromMinutes(1);
            scene.World.RunUntil(scene.Deadline - TimeSpan.FromMilliseconds(1));
            scene.AssertThat(!scene.Work.IsTold, "Some timer ran.");
            for (TimeSpan past = TimeSpan.FromMilliseconds(-1); ; past += TimeSpan.FromMicroseconds(100))
            {
                scene.World.RunUntil(scene.Deadline + past);
                if (!scene.Leader.IsHeld)
                    return Math.Max(past.TotalSeconds, 0);
            }
        });

    [Fact]
    public void Fault17_TimersTenPercentEarly_NobodyTakesOverEarly() => _table.Measure(
        nameof(Fault17_TimersTenPercentEarly_NobodyTakesOverEarly), "kill to next start > 12 s, as with good timers", 12, 15.1, seed =>
        {
            var scene = new Scene(seed);
            foreach (Node node in scene.World.Nodes)
                node.TimersEarly = 0.1;
            scene.Pass(5);
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Fact]
    public void Fault18_SuspendedForAMinute_IsHeldIsFalseOnTheFirstRead() => _table.Check(
        nameof(Fault18_SuspendedForAMinute_IsHeldIsFalseOnTheFirstRead), "IsHeld false on waking; told <= 0.5 s later", seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            scene.Leader.Freeze();
            scene.Pass(60);
            TimeSpan woke = scene.World.Now;
            scene.Leader.Resume(TimeSpan.FromMinutes(1));
            scene.AssertThat(!scene.Leader.IsHeld, "It believes to lead still.");
            scene.Until(() => scene.Work.IsTold);
            scene.AssertThat(scene.Work.ToldInTruth - woke <= TimeSpan.FromMilliseconds(510), "It was told late.");
        });

    [Fact]
    public void Fault19_StunnedForAMinute_ValidityIsInDoubtOnceTheWallClockTells()
    {
        int refused = 0;
        _table.Check(
            nameof(Fault19_StunnedForAMinute_ValidityIsInDoubtOnceTheWallClockTells),
            "IsHeld false once the wall clock is right; late writes refused", seed =>
            {
                var scene = new Scene(seed);
                Node node = scene.Leader.Node;
                scene.ExpectLoss();
                node.BeginStun();
                scene.Pass(60);
                var corrected = TimeSpan.FromSeconds(scene.World.Random.NextDouble() * 3);
                node.EndStun(TimeSpan.FromMinutes(1), corrected);
                scene.Pass(corrected.TotalSeconds);
                scene.AssertThat(!scene.Leader.IsHeld, "It believes to lead still.");
                scene.Pass(20);
                refused += scene.World.Resource.Refused;
            });
        Assert.True(refused > 0, "No write was ever late.");
    }
}
