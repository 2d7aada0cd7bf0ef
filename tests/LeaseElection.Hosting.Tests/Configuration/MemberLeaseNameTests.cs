using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public sealed class MemberLeaseNameTests
{
    [Fact]
    public void Of_IsTheNameOfTheLeaseAndAHashOfTheIdentity()
    {
        Assert.Equal("orders-2744ccd10c", MemberLeaseName.Of("orders", "me"));
        Assert.NotEqual(MemberLeaseName.Of("orders", "me"), MemberLeaseName.Of("orders", "you"));
    }

    [Theory]
    [InlineData(253)]
    [InlineData(243)]
    [InlineData(242)]
    [InlineData(200)]
    public void Of_LongName_IsALegalNameAllTheSame(int length)
    {
        string lease = string.Concat(Enumerable.Repeat("a.-", 100))[..(length - 1)].Replace(".-", "a.", StringComparison.Ordinal) + "z";

        string name = MemberLeaseName.Of(lease, "me");

        Assert.True(KubernetesName.IsSubdomain(name), name);
        Assert.True(MemberLeaseName.IsOne(lease, name));
    }

    [Theory]
    [InlineData("orders-2744ccd10c", true)]
    [InlineData("orders", false)]
    [InlineData("orders-12", false)] // A partition.
    [InlineData("orders-2744ccd10", false)]
    [InlineData("orders-2744ccd10cc", false)]
    [InlineData("orders-2744CCD10C", false)]
    [InlineData("orders-batch-work", false)]
    [InlineData("other-2744ccd10c", false)]
    public void IsOne_OnlyNamesOfThisForm(string name, bool isOne) => Assert.Equal(isOne, MemberLeaseName.IsOne("orders", name));
}
