namespace LeaseElection.Simulation.Tests;

public sealed class FleetTests
{
    [Fact]
    public void The_same_seed_is_the_same_fleet_to_the_last_line_of_its_chronicle()
    {
        foreach (int seed in Enumerable.Range(1, 10))
            Assert.Equal(Chronicle(seed), Chronicle(seed));
    }

    [Fact]
    public void Nothing_is_seen_broken_in_the_first_100_fleets() =>
        Assert.All(Enumerable.Range(1, 100), seed => Assert.Null(FleetSeed.ViolationOf(seed)));

    [Fact]
    public void A_mutant_of_the_plan_is_seen_in_fleets()
    {
        Mutant mutant = FleetMutants.All.Single(mutant => mutant.Name == "the quota is off by one");

        Assert.NotNull(MutantTrial.Run(mutant, mostSeeds: 20, typeof(FleetSeed)).Violation);
    }

    private static string Chronicle(int seed)
    {
        var chronicle = new Chronicle();
        FleetSeed.Play(seed, chronicle);
        return chronicle.ToString();
    }
}
