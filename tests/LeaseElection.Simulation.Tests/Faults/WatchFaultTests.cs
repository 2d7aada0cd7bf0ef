using LeaseElection.Hosting.Leases;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md that befall watches: 27 to 30.</summary>
public class WatchFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault27_SilentWatches_NoStandbyStarves() => _table.Measure(
        nameof(Fault27_SilentWatches_NoStandbyStarves), "kill to next start <= L + 2R' + 0.2 s; no take-over of a living leader", 12, 21.2,
        seed =>
        {
            var scene = new Scene(seed);
            foreach (Node node in scene.Standbys)
            {
                node.Link.WatchesAreSilent = true;
                scene.World.Server.SilenceWatches(node);
            }

            scene.Pass(60);
            scene.AssertStillLeads("A silent watch cost the term.");
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Fact]
    public void Fault28_WatchesThatGoBackInTime_AreIgnored() => _table.Measure(
        nameof(Fault28_WatchesThatGoBackInTime_AreIgnored), "0 losses; kill to next start as fault 1", 12, 15.1, seed =>
        {
            var scene = new Scene(seed);
            scene.Pass(30);
            foreach (Node node in scene.World.Nodes)
            {
                node.Link.WatchRewinds = 20;
                scene.World.Server.CloseWatches(node);
            }

            scene.Pass(10);
            scene.AssertStillLeads("A watch that went back cost the term.");
            TimeSpan killed = scene.World.Now;
            scene.Leader.Node.Kill();
            return (scene.UntilNextTerm() - killed).TotalSeconds;
        });

    [Theory]
    [InlineData("Gone")]
    [InlineData("InvalidResponse")]
    [InlineData("Network")]
    public void Fault29_WatchBroken_IsReadAndWatchedAgain(string kind) => _table.Measure(
        nameof(Fault29_WatchBroken_IsReadAndWatchedAgain), $"{kind}: watched again <= 1 s with <= 3 requests", 0, 1, seed =>
        {
            var scene = new Scene(seed);
            Node standby = scene.Standbys.First();
            TimeSpan broken = scene.World.Now;
            int sent = Scene.Sent(standby);
            scene.World.Server.BreakWatches(Enum.Parse<LeaseStoreErrorKind>(kind), standby);
            scene.Until(() => Scene.Sent(standby) >= sent + 2);
            TimeSpan watched = scene.World.Now;
            scene.Pass(1);
            scene.AssertThat(Scene.Sent(standby) <= sent + 3, "More than three requests.");
            return (watched - broken).TotalSeconds;
        });

    [Fact]
    public void Fault30_WatchesClosedEveryFiveSeconds_OneConnectionEach() => Storm(
        nameof(Fault30_WatchesClosedEveryFiveSeconds_OneConnectionEach), "12 closures a minute: <= 13 requests by a standby; 0 losses", 5,
        60, 13);

    [Fact]
    public void Fault30_WatchesClosedAtOnce_PauseUpToASecond() => Storm(
        nameof(Fault30_WatchesClosedAtOnce_PauseUpToASecond), "a storm of ten seconds: <= 13 watches and 7 reads by a standby; 0 losses",
        0.001, 10, 20);

    private void Storm(string test, string bound, double life, double seconds, int most) => _table.Check(
        test, bound, seed =>
        {
            var scene = new Scene(seed);
            foreach (Node node in scene.World.Nodes)
            {
                node.Link.WatchLife = TimeSpan.FromSeconds(life);
                scene.World.Server.CloseWatches(node);
            }

            int[] sent = [.. scene.Standbys.Select(Scene.Sent)];
            scene.Pass(seconds);
            scene.AssertStillLeads("Closed watches cost the term.");
            scene.AssertThat(scene.Standbys.Zip(sent).All(pair => Scene.Sent(pair.First) - pair.Second <= most), "Too many requests.");
        });
}
