using LeaseElection.Hosting.Leases;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>The faults of tests/README.md that befall the server, and what it answers: 32 to 35.</summary>
public class ServerFaultTests(ITestOutputHelper output)
{
    private readonly FaultTable _table = new(output);

    [Fact]
    public void Fault32_ThreeRestarts_TheLeaderStays() => _table.Check(
        nameof(Fault32_ThreeRestarts_TheLeaderStays), "3 x 2 s refused: 0 changes of leader", seed =>
        {
            var scene = new Scene(seed);
            for (int i = 0; i < 3; i++)
            {
                scene.World.Server.IsDown = true;
                scene.World.Server.BreakWatches(LeaseStoreErrorKind.Network);
                scene.Pass(2);
                scene.World.Server.IsDown = false;
                scene.Pass(10);
            }

            scene.AssertStillLeads("A restart of the server cost the term.");
        });

    [Fact]
    public void Fault33_OutageOfFourSeconds_TheLeaderStays() => _table.Check(
        nameof(Fault33_OutageOfFourSeconds_TheLeaderStays), "<= D - R' - 2.5 s (4.5 s): no change", seed =>
        {
            var scene = new Scene(seed);
            Outage(scene, 4.5);
            scene.Pass(20);
            scene.AssertStillLeads("A short outage cost the term.");
        });

    [Fact]
    public void Fault33_OutageOfThirtySeconds_SomebodyLeadsSoonAfter() => _table.Measure(
        nameof(Fault33_OutageOfThirtySeconds_SomebodyLeadsSoonAfter),
        "stopped by s + D; a leader <= 2.2 s after the end (one retry period)", 0, 2.2, seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            Outage(scene, 30);
            scene.AssertThat(
                !scene.Leader.IsHeld && scene.Work.ToldInTruth - scene.Deadline < TimeSpan.FromMilliseconds(50), "It went on.");
            TimeSpan healed = scene.World.Now;
            return (scene.Until(() => scene.World.Leader is not null) - healed).TotalSeconds;
        });

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Fault34_RetryAfter_IsHonouredButNeverPastTheDeadline(int seconds) => _table.Check(
        nameof(Fault34_RetryAfter_IsHonouredButNeverPastTheDeadline),
        $"Retry-After {seconds} for 4 s: the leader stays; standbys send nothing meanwhile", seed =>
        {
            var scene = new Scene(seed);
            foreach (Node node in scene.World.Nodes)
                node.Link.Answer = Scene.Error(LeaseStoreErrorKind.Throttled, seconds);
            scene.Pass(4);
            scene.AssertThat(Scene.Sent(scene.Leader.Node) < 15, "It went on asking.");
            foreach (Node node in scene.World.Nodes)
                node.Link.Heal();
            scene.Pass(20);
            scene.AssertStillLeads("Throttling cost the term.");
        });

    [Fact]
    public void Fault35_TokenRejectedForAWhile_TheLeaderStays() => _table.Check(
        nameof(Fault35_TokenRejectedForAWhile_TheLeaderStays), "401 for one attempt: 0 losses", seed =>
        {
            var scene = new Scene(seed);
            scene.Link.Answer = Scene.Error(LeaseStoreErrorKind.Unauthorized);
            int sent = Scene.Sent(scene.Leader.Node);
            scene.Until(() => Scene.Sent(scene.Leader.Node) > sent);
            scene.Pass(0.1);
            scene.Link.Heal();
            scene.Pass(20);
            scene.AssertStillLeads("One 401 cost the term.");
        });

    [Fact]
    public void Fault35_RightRemoved_StopsAtTheDeadlineAndSaysWhy() => _table.Measure(
        nameof(Fault35_RightRemoved_StopsAtTheDeadlineAndSaysWhy), "403: told <= 50 ms after s + D", 0, 0.05, seed =>
        {
            var scene = new Scene(seed);
            scene.ExpectLoss();
            foreach (Node node in scene.World.Nodes)
                node.Link.Answer = Scene.Error(LeaseStoreErrorKind.Forbidden);
            scene.Until(() => scene.Work.IsTold);
            scene.AssertThat(scene.Leader.LastError?.Kind == LeaseStoreErrorKind.Forbidden, "It does not say why.");
            return (scene.Work.ToldInTruth - scene.Deadline).TotalSeconds;
        });

    private static void Outage(Scene scene, double seconds)
    {
        foreach (Node node in scene.World.Nodes)
            node.Link.Answer = Scene.Error(LeaseStoreErrorKind.ServerError);
        scene.Pass(seconds);
        foreach (Node node in scene.World.Nodes)
            node.Link.Heal();
    }
}
