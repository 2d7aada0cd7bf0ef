using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests;

/// <summary>
/// One of ours and one client-go before one lease, at 15/10/3 and 15/10/2: wrong times, and records that lack some, are harmless.
/// </summary>
public sealed class MixedFleetTests(ITestOutputHelper output)
{
    private const int Seeds = 50;

    private static readonly ClientGoConfig Usual = ClientGoConfig.Of(15, 10, 2);

    [Theory]
    [InlineData(600)]
    [InlineData(10)]
    [InlineData(-600)]
    public void Former_holder_had_another_time__client_go_sees_that_we_are_alive(int ahead) => ForAll(seed =>
    {
        World world = NewWorld(seed, Usual);
        world.Server.WriteAsClientGo(Released(world, ahead), version: null);
        world.Nodes[0].Boot();
        StandBy(world, world.ClientGo[0].Boot);
        Assert.Equal((1, 0), (world.Oracle.Terms, world.Oracle.ClientGoTerms));
    });

    [Theory]
    [InlineData(600)]
    [InlineData(15)]
    [InlineData(5)]
    [InlineData(-600)]
    public void Our_clock_is_set_while_we_lead__client_go_sees_that_we_are_alive(int step) => ForAll(seed =>
    {
        World world = NewWorld(seed, Usual);
        world.Nodes[0].Boot();
        world.In(
            TimeSpan.FromSeconds(20) + world.Upto(TimeSpan.FromSeconds(10)),
            () => world.Nodes[0].Clock.StepWall(TimeSpan.FromSeconds(step)));
        world.In(
            TimeSpan.FromSeconds(40) + world.Upto(TimeSpan.FromSeconds(10)),
            () => world.Nodes[0].Clock.StepWall(TimeSpan.FromSeconds(-step)));
        StandBy(world, world.ClientGo[0].Boot);
        Assert.Equal((1, 0), (world.Oracle.Terms, world.Oracle.ClientGoTerms));
    });

    [Fact]
    public void Our_clock_stands_still__client_go_sees_that_we_are_alive() => ForAll(seed =>
    {
        World world = NewWorld(seed, Usual);
        world.Nodes[0].Boot();
        world.In(world.Upto(TimeSpan.FromSeconds(5)), world.Nodes[0].Clock.StickWall);
        StandBy(world, world.ClientGo[0].Boot);
        Assert.Equal((1, 0), (world.Oracle.Terms, world.Oracle.ClientGoTerms));
    });

    [Theory]
    [InlineData(3, 2, 0.6, 0.4)]
    [InlineData(3, 2, 0.6, 2)] // client-go is set up for a longer lease than ours.
    [InlineData(1, 0.6, 0.2, 0.1)]
    [InlineData(1, 0.6, 0.2, 2)]
    public void We_renew_more_often_than_each_second__client_go_sees_that_we_are_alive(
        double lease, double deadline, double interval, double theirRetry) =>
        ForAll(seed =>
        {
            ElectorSettings settings = ScenarioDraw.Default with
            {
                LeaseDuration = TimeSpan.FromSeconds(lease),
                RenewDeadline = TimeSpan.FromSeconds(deadline),
                RenewInterval = TimeSpan.FromSeconds(interval),
                StopTimeout = TimeSpan.FromSeconds(lease - deadline),
            };
            World world = NewWorld(seed, Usual with { RetryPeriod = TimeSpan.FromSeconds(theirRetry) }, settings);
            world.Nodes[0].Boot();
            StandBy(world, world.ClientGo[0].Boot);
            Assert.Equal((1, 0), (world.Oracle.Terms, world.Oracle.ClientGoTerms));
        });

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    [InlineData(-600)]
    public void Client_go_leads_by_another_time__we_wait_for_as_long_as_it_lives_and_then_for_its_lease(int ahead) =>
        WaitFor(Usual, ahead);

    [Theory]
    [InlineData("RenewTimeLater")]
    [InlineData("NoAcquireTime")]
    public void Holder_that_writes_not_both_times__we_wait_for_as_long_as_it_lives_and_then_for_its_lease(string times) =>
        WaitFor(Usual with { Times = Enum.Parse<RecordedTimes>(times) }, ahead: 0);

    /// <summary>The bug itself, compiled anew: two leaders, and not only times that look wrong.</summary>
    [Theory]
    [InlineData("a microsecond later", "took the lease from n")]
    [InlineData("not written both times", "took the lease from c")]
    public void A_bug_of_ours_is_seen_by_what_it_does_to_a_mixed_fleet(string name, string expected)
    {
        Mutant mutant = MutantCatalog.All.Single(mutant => mutant.Name.Contains(name, StringComparison.Ordinal));
        Func<int, string?> violationOf = new MutantContext(MutantCompiler.Compile(mutant)).ViolationOf(typeof(Seed));

        IEnumerable<string?> violations = Enumerable.Range(1, 300).Select(i => violationOf(i * 10));

        Assert.Contains(violations, violation => violation?.Contains(expected, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Every_tenth_world_is_a_mixed_fleet_and_client_go_leads_in_many_of_them()
    {
        World[] worlds = [.. Enumerable.Range(1, 500).Select(seed => Seed.Play(seed))];

        Assert.Equal(50, worlds.Count(world => world.ClientGo.Count > 0));
        Assert.All(
            worlds,
            world => Assert.True(world.ClientGo.Count == 0 || world.Server.TamperedAt < 0, "Hands, which client-go does not stand."));
        Assert.InRange(worlds.Count(world => world.Oracle.ClientGoTerms > 0), 15, 50);
        Assert.InRange(worlds.Count(world => world.Oracle is { ClientGoTerms: > 0, Terms: > 0 }), 10, 50);
    }

    /// <summary>client-go leads, we stand by; then it dies.</summary>
    private void WaitFor(ClientGoConfig config, int ahead)
    {
        double longest = 0;
        ForAll(seed =>
        {
            World world = NewWorld(seed, config);
            world.Nodes[0].Clock.StepWall(TimeSpan.FromSeconds(ahead));
            world.ClientGo[0].Boot();
            StandBy(world, world.Nodes[0].Boot);
            Assert.Equal((0, 1), (world.Oracle.Terms, world.Oracle.ClientGoTerms));
            world.ClientGo[0].Kill();
            TimeSpan renewed = world.Server.WrittenAt;
            Assert.True(world.RunUntil(() => world.Oracle.Terms > 0, world.Now + TimeSpan.FromSeconds(30)), world.Violation?.ToString());
            double waited = (world.Now - renewed).TotalSeconds;
            Assert.InRange(waited, 15, 15.1);
            longest = Math.Max(longest, waited);
        });
        output.WriteLine($"longest wait {longest:0.000} s");
    }

    private static void ForAll(Action<int> play)
    {
        for (int seed = 1; seed <= Seeds; seed++)
            play(seed);
    }

    private static World NewWorld(int seed, ClientGoConfig config, ElectorSettings? settings = null)
    {
        var world = new World(Scenario.Calm(seed, nodes: 1) with { Settings = settings ?? ScenarioDraw.Default, ClientGo = [config] });
        world.ClientGo[0].Clock.StepWall(world.Upto(TimeSpan.FromSeconds(1)));
        return world;
    }

    private static LeaseRecord Released(World world, int ahead)
    {
        DateTimeOffset time = world.Nodes[0].Clock.GetUtcNow().AddSeconds(ahead);
        return new() { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = time, RenewTime = time, LeaseTransitions = 3 };
    }

    /// <summary>Another comes to stand by, at any phase, and does for two minutes.</summary>
    private static void StandBy(World world, Action boot)
    {
        world.In(TimeSpan.FromSeconds(1) + world.Upto(TimeSpan.FromSeconds(5)), boot);
        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.True(world.Violation is null, world.Violation?.ToString());
    }
}
