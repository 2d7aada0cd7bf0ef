using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

/// <summary>What is said at start of a number of partitions that cannot be.</summary>
public sealed class PartitionRulesTests
{
    public static TheoryData<string, string, (string Work, int? Count)[], string> Rules { get; } = new()
    {
        {
            "none", "0", [("Orders", null)],
            "LeaderElection:Partitions:Count is 0, but must be a whole number from 1 to 1000: each partition is a lease that its owner "
            + "renews, and may hold any number of keys."
        },
        {
            "too many", "10000", [("Orders", null)],
            "LeaderElection:Partitions:Count is 10000, but must be a whole number from 1 to 1000: each partition is a lease that its owner "
            + "renews, and may hold any number of keys."
        },
        { "no number", "twelve", [("Orders", 12)], "LeaderElection:Partitions:Count is \"twelve\", but must be a whole number." },
        { "no number, and none in code", "zwölf", [("Orders", null)], "LeaderElection:Partitions:Count is \"zwölf\", but must be a whole "
            + "number." },
        {
            "never said", "", [("Orders", null)],
            "LeaderElection:Partitions:Count is not set, but Orders is partitioned work, and every replica must be told into how many "
            + "partitions: set it, or pass the number to AddPartitionedWork."
        },
        {
            "other than in code", "24", [("Orders", 12)],
            "LeaderElection:Partitions:Count is 24, but must be 12, which AddPartitionedWork says for Orders: change one of them, or leave "
            + "one out."
        },
        {
            "two numbers in code", "", [("Orders", 12), ("Invoices", null), ("Returns", 24)],
            "AddPartitionedWork says 12 partitions for Orders and 24 for Returns, but all partitioned work of one election shares its "
            + "partitions: make the numbers equal, or give one of them an election of its own (AddLeaderElection with a name)."
        },
        {
            "for no work", "12", [],
            "LeaderElection:Partitions:Count is 12, but this election has no partitioned work: add it by AddPartitionedWork, or remove the "
            + "setting."
        },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Check_ANumberThatCannotBe_SaysWhatIsWrongAndWhatToDo(
        string what, string configured, (string Work, int? Count)[] inCode, string expected)
    {
        BoundOptions options = With(configured, inCode);

        Assert.True(options.Failures() is [var only] && only == expected, $"{what}: {string.Join('\n', options.Failures())}");
    }

    [Theory]
    [InlineData("", 12, 12)]
    [InlineData("12", null, 12)]
    [InlineData("12", 12, 12)]
    [InlineData("1", null, 1)]
    [InlineData("", 1000, 1000)]
    public void CountOf_ANumberThatIsSaidOnceOrTwice_IsThatNumber(string configured, int? inCode, int expected)
    {
        (string, int?)[] works = [("Orders", inCode), ("Invoices", null)];

        LeaderElectionOptions options = With(configured, works).Get();

        Assert.Equal(expected, PartitionedWorkClaim.CountOf(
            options, "", works.Select(work => new PartitionedWorkClaim("", work.Item1, work.Item2))));
    }

    [Fact]
    public void CountOf_WorkOfAnotherElection_IsNone() =>
        Assert.Null(PartitionedWorkClaim.CountOf(new LeaderElectionOptions(), "", [new PartitionedWorkClaim("reports", "Orders", 12)]));

    [Fact]
    public void Check_TheNumberOfTheSharedSection_IsNotThatOfNamedElections()
    {
        BoundOptions options = BoundOptions.FromJson(
            """{ "LeaderElection": { "LeaseName": "orders", "Partitions": { "Count": 12, "MoveAfter": "00:00:20" }, "reports": { "LeaseName": "reports" } } }""")
            .Add().Add("reports").AddPartitionedWork("Orders", null);

        Assert.Equal(12, options.Get().Partitions.Count);
        Assert.Null(options.Get("reports").Partitions.Count);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Get("reports").Partitions.MoveAfter);
    }

    [Theory]
    [InlineData(251, 12, "LeaderElection:LeaseName has 251 characters, but its 12 partitions have leases of "
        + "their own, the last of which, NAME-11, "
        + "would have 254, and a name has 253 at most: make it 1 shorter.")]
    [InlineData(253, 1000, "LeaderElection:LeaseName has 253 characters, but its 1000 partitions have "
        + "leases of their own, the last of which, "
        + "NAME-999, would have 257, and a name has 253 at most: make it 4 shorter.")]
    public void Check_ANameThatLeavesNoRoomForTheNumber_IsRefused(int length, int count, string expected)
    {
        string name = new('a', length);

        Assert.Equal([expected.Replace("NAME", name, StringComparison.Ordinal)], With("", [("Orders", count)], name).Failures());
    }

    [Fact]
    public void Check_TheLongestNameThatHasRoom_IsTaken() =>
        Assert.Equal(250, With("", [("Orders", 12)], new string('a', 250)).Get().LeaseName!.Length);

    [Theory]
    [InlineData("-00:00:01")]
    [InlineData("01:00:01")]
    public void Check_MoveAfterOutOfRange_IsRefused(string moveAfter) =>
        Assert.Equal(
            [$"LeaderElection:Partitions:MoveAfter is {moveAfter}, but must be from zero to 01:00:00: write \"00:00:10\", the default."],
            With("", [("Orders", 12)], moveAfter: moveAfter).Failures());

    private static BoundOptions With(
        string count, (string Work, int? Count)[] works, string leaseName = "orders", string moveAfter = "00:00:10")
    {
        BoundOptions options = BoundOptions.FromJson($$"""
            { "LeaderElection": { "LeaseName": "{{leaseName}}", "Partitions": { "Count": "{{count}}", "MoveAfter": "{{moveAfter}}" } } }
            """).Add();
        foreach ((string work, int? inCode) in works)
            options.AddPartitionedWork(work, inCode);
        return options;
    }
}
