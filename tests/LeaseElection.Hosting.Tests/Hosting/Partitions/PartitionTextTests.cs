using LeaseElection.Hosting.Partitions;

namespace LeaseElection.Hosting.Tests;

public sealed class PartitionTextTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("0", 0)]
    [InlineData("3, 7-9, 11", 9, 3, 8, 7, 11)]
    [InlineData("0-3", 3, 2, 1, 0)]
    [InlineData("1-2", 1, 2)]
    public void Of_SomePartitions_NamesThemInFewWords(string expected, params int[] indices) =>
        Assert.Equal(expected, PartitionText.Of(indices));
}
