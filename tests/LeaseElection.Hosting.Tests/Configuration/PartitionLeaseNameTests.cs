using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public sealed class PartitionLeaseNameTests
{
    [Theory]
    [InlineData("orders-0", 0)]
    [InlineData("orders-999", 999)]
    [InlineData("orders", null)]
    [InlineData("orders-", null)]
    [InlineData("orders-01", null)]
    [InlineData("orders-+1", null)]
    [InlineData("orders-1a", null)]
    [InlineData("orderly-1", null)]
    [InlineData("orders-99999999999", null)]
    public void IndexOf_SomeName_IsThePartitionThatHasIt(string name, int? expected)
    {
        Assert.Equal(expected, PartitionLeaseName.IndexOf("orders", name));
        Assert.True(expected is not { } index || PartitionLeaseName.Of("orders", index) == name);
    }
}
