using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class LeaseGroupNameTests
{
    [Theory]
    [InlineData("orders")]
    [InlineData("orders.shop.example.com")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-123")]
    public void Of_NameThatIsALabelsValue_IsIt(string leaseName) => Assert.Equal(leaseName, LeaseGroupName.Of(leaseName));

    // What is written here is on the leases of fleets that run: another value would be another group.
    [Theory]
    [InlineData(
        "a23456789-123456789-123456789-123456789-123456789-123456789-1234", "a23456789-123456789-123456789-123456789-123456789-1234")]
    [InlineData(
        "a23456789-123456789-123456789-123456789-123456789-12.-456789-1234", "a23456789-123456789-123456789-123456789-123456789-12")]
    public void Of_LongerName_IsCutWithAHashBehindIt(string leaseName, string begins)
    {
        string group = LeaseGroupName.Of(leaseName);

        Assert.StartsWith(begins + "-", group, StringComparison.Ordinal);
        Assert.Matches("^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$", group);
        Assert.InRange(group.Length, 1, 63);
        Assert.Equal(begins.Length + 9, group.Length);
    }

    [Fact]
    public void Of_LongNamesThatBeginAlike_Differ()
    {
        string same = new('a', 100);

        Assert.NotEqual(LeaseGroupName.Of(same + "b"), LeaseGroupName.Of(same + "c"));
        Assert.Equal("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-28165978", LeaseGroupName.Of(same));
    }
}
