namespace LeaseElection.Simulation.Tests;

public sealed class ReplayTests
{
    [Fact]
    public void The_same_seed_is_the_same_world_to_the_last_line_of_its_chronicle()
    {
        foreach (int seed in Enumerable.Range(1, 20))
            Assert.Equal(Chronicle(seed), Chronicle(seed));
    }

    [Fact]
    public void Another_seed_is_another_world() => Assert.NotEqual(Chronicle(1), Chronicle(2));

    [Fact]
    public void A_world_with_a_chronicle_is_the_world_without_one()
    {
        World with = Seed.Play(3, new Chronicle());
        World without = Seed.Play(3);

        Assert.Equal(with.Now, without.Now);
        Assert.Equal(with.Oracle.Terms, without.Oracle.Terms);
        Assert.Equal(with.Random.Next(), without.Random.Next());
    }

    [Fact]
    public void Nothing_is_seen_broken_in_the_first_200_worlds() => Assert.Empty(Campaign.Run(1, 200).Violations);

    private static string Chronicle(int seed)
    {
        var chronicle = new Chronicle();
        Seed.Play(seed, chronicle);
        return chronicle.ToString();
    }
}
