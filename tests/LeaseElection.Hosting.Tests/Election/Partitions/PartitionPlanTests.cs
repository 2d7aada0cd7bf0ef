using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

public class PartitionPlanTests
{
    private static readonly string?[] FourFree = new string?[4];

    [Fact]
    public void Owners_NobodyPresent_WantsNothingOfAnybody() =>
        Assert.Equal(FourFree, PartitionPlan.Owners([], ["a", null, "b", null]));

    [Fact]
    public void Owners_OneMember_IsWantedForAll() =>
        Assert.Equal(["a", "a", "a", "a"], PartitionPlan.Owners(["a"], FourFree));

    [Fact]
    public void Owners_FewerPartitionsThanMembers_OneEachAndNoneForTheRest()
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(["a", "b", "c", "d", "e"], new string?[3]);

        Assert.Equal(3, owners.Distinct().Count());
        Assert.DoesNotContain(null, owners);
    }

    [Fact]
    public void Owners_EvenShare_EachKeepsWhatItHolds()
    {
        string?[] holders = ["b", "a", "b", "a", "c"];

        Assert.Equal(holders, PartitionPlan.Owners(["c", "a", "b"], holders));
    }

    [Fact]
    public void Owners_MemberJoins_OnlyItsShareMoves()
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(["a", "b", "c"], ["a", "a", "a", "b", "b", "b"]);

        Assert.Equal(2, owners.Count(owner => owner == "c"));
        Assert.Equal(2, owners.Take(3).Count(owner => owner == "a"));
        Assert.Equal(2, owners.Skip(3).Count(owner => owner == "b"));
    }

    [Fact]
    public void Owners_MemberLeaves_OnlyItsPartitionsMove()
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(["a", "b"], ["a", "a", "gone", "b", "b", "gone"]);

        Assert.Equal("a a b b", string.Join(' ', owners[0], owners[1], owners[3], owners[4]));
        Assert.Equal(["a", "b"], new[] { owners[2], owners[5] }.Order());
    }

    [Fact]
    public void Owners_WhoHasTheOneMore_KeepsItWhileOthersGiveTheirsUp()
    {
        // Seven for three members: one of them has three. Who was in excess together must not all lose the one more, nor swap it.
        IReadOnlyList<string?> owners = PartitionPlan.Owners(["a", "b", "c"], ["a", "a", "a", "a", "b", "b", "b"]);

        Assert.Equal([3, 2, 2], Shares(owners, "a", "b", "c"));
        Assert.Equal(3, owners.Take(4).Count(owner => owner == "a"));
    }

    [Fact]
    public void Owners_PassedOver_KeepsWhatItHoldsAndGetsNothing()
    {
        IReadOnlyList<string?> owners = PartitionPlan.Owners(
            ["a", "b", "c"], ["b", null, null, null, null, null], new HashSet<string> { "b" });

        Assert.Equal("b", owners[0]);
        Assert.Equal([1, 2, 3], Shares(owners, "b", "a", "c").Order());
    }

    [Fact]
    public void Owners_AllPassedOver_NobodyIs() =>
        Assert.DoesNotContain(null, PartitionPlan.Owners(["a", "b"], FourFree, new HashSet<string> { "a", "b" }));

    [Fact]
    public void Owners_PassedOverAndGone_KeepsNothing() =>
        Assert.Equal(["a", "a"], PartitionPlan.Owners(["a"], ["b", "a"], new HashSet<string> { "b" }));

    /// <summary>
    /// The ranks are a protocol between processes of different versions: a change of them moves everything in every update.
    /// </summary>
    [Fact]
    public void Owners_Ranks_AreTheSameInEveryVersion() =>
        Assert.Equal(
            ["c", "a", "a", "a", "b", "c", "c", "b", "b"],
            PartitionPlan.Owners(["a", "b", "c"], new string?[9]));

    private static IEnumerable<int> Shares(IReadOnlyList<string?> owners, params string[] members) =>
        members.Select(member => owners.Count(owner => owner == member));
}
