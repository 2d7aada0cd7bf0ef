using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

/// <summary>What holds for any members and any holders.</summary>
public class PartitionPlanPropertyTests
{
    private const int Cases = 3000;

    [Fact]
    public void Owners_Any_NobodyHasTwoMoreThanAnother() => ForAny((_, members, holders) =>
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(members, holders);

        int[] shares = [.. members.Select(member => owners.Count(owner => owner == member))];
        Assert.Equal(holders.Length, shares.Sum());
        Assert.InRange(shares.Max() - shares.Min(), 0, 1);
    });

    [Fact]
    public void Owners_Any_MovesTheFewest() => ForAny((_, members, holders) =>
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(members, holders);

        (int least, int spare) = Math.DivRem(holders.Length, members.Length);
        int kept = 0;
        foreach (int held in members.Select(member => holders.Count(holder => holder == member)).OrderDescending())
            kept += Math.Min(held, spare-- > 0 ? least + 1 : least);
        Assert.Equal(kept, holders.Where((holder, i) => holder is not null && holder == owners[i]).Count());
    });

    [Fact]
    public void Owners_InAnyOrder_AreTheSame() => ForAny((random, members, holders) =>
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(members, holders);

        random.Shuffle(members);
        Assert.Equal(owners, PartitionPlan.Owners(members, holders));
    });

    /// <summary>
    /// Moves take time, and each is seen by all: if one of them changed what the others are to be, nobody would ever come to rest.
    /// </summary>
    [Fact]
    public void Owners_AfterSomeOfTheMoves_AreTheSame() => ForAny((random, members, holders) =>
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(members, holders);

        for (int i = 0; i < holders.Length; i++)
        {
            if (holders[i] != owners[i] && random.Next(2) == 0)
                holders[i] = random.Next(2) == 0 ? owners[i] : null; // Taken, or given up only.
        }

        Assert.Equal(owners, PartitionPlan.Owners(members, holders));
    });

    [Fact]
    public void Owners_OneMemberLeft_TakesNothingFromTheOthers() => ForAny((random, members, holders) =>
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(members, holders);
        string left = members[random.Next(members.Length)];
        if (members.Length == 1)
            return;

        IReadOnlyList<string?> after = PartitionPlan.Owners([.. members.Where(member => member != left)], owners);

        Assert.All(owners.Zip(after), pair => Assert.True(pair.First == left || pair.First == pair.Second));
    });

    private static void ForAny(Action<Random, string[], string?[]> holds)
    {
        var random = new Random(11);
        for (int i = 0; i < Cases; i++)
        {
            string[] members = [.. Enumerable.Range(0, 1 + random.Next(9)).Select(_ => $"pod-{random.Next(1_000_000)}").Distinct()];
            string?[] known = [null, "gone", .. members, .. members];
            string?[] holders = [.. Enumerable.Range(0, random.Next(40)).Select(_ => known[random.Next(known.Length)])];
            holds(random, members, holders);
        }
    }
}
