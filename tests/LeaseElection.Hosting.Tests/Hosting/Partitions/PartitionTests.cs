namespace LeaseElection.Hosting.Tests;

public sealed class PartitionTests
{
    /// <summary>
    /// For ever: other programs, and the data of users, depend on it. Made with <c>printf '%s' KEY | sha256sum | cut -c1-8</c>.
    /// </summary>
    [Theory]
    [InlineData("", 0xe3b0c442u)]
    [InlineData("customer-1", 0xe83f10dcu)]
    [InlineData("Zürich", 0x4251685eu)]
    [InlineData("🧾", 0xaf0a15e1u)]
    public void IndexOf_SomeKey_IsTheFirstFourBytesOfItsSha256(string key, uint hash)
    {
        Assert.All([1, 2, 12, 997, 1000], count => Assert.Equal((int)(hash % (uint)count), Partition.IndexOf(key, count)));
    }

    [Fact]
    public void Contains_AnyKey_IsTrueOfExactlyOne()
    {
        Partition[] all = [.. Enumerable.Range(0, 12).Select(index => new Partition(index, 12))];

        Assert.All(Enumerable.Range(0, 1000), key => Assert.Single(all, partition => partition.Contains($"customer-{key}")));
    }

    [Fact]
    public void IndexOf_ManyKeys_SpreadsThem()
    {
        int[] sizes =
        [
            .. Enumerable.Range(0, 12_000).GroupBy(key => Partition.IndexOf($"customer-{key}", 12)).Select(keys => keys.Count())
        ];

        Assert.Equal(12, sizes.Length);
        Assert.All(sizes, size => Assert.InRange(size, 850, 1150));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1001)]
    [InlineData(-1, 12)]
    [InlineData(12, 12)]
    public void Ctor_NoSuchPartition_Throws(int index, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Partition(index, count));

    [Fact]
    public void IndexOf_NoKeyOrNoPartitions_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => Partition.IndexOf(null!, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.IndexOf("a", 0));
    }

    [Fact]
    public void Equals_SameIndexAndCount_IsEqual()
    {
        Assert.Equal(new Partition(3, 12), new Partition(3, 12));
        Assert.NotEqual(new Partition(3, 12), new Partition(3, 24));
        Assert.Equal("3 of 12", new Partition(3, 12).ToString());
    }
}
