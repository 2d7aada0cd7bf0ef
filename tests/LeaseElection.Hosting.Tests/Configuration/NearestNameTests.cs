using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("STORE", "store", 0)]
    public void Distance_TwoTexts_CountsEdits(string one, string other, int expected) =>
        Assert.Equal(expected, NearestName.Distance(one, other));

    [Theory]
    [InlineData("Stor", "Store")]
    [InlineData("enabeld", "Enabled")]
    [InlineData("Enable", "Enabled")]
    [InlineData("RenewalDeadline", "RenewDeadline")]
    [InlineData("on", null)]
    [InlineData("Zebra", null)]
    public void Of_Text_IsTheNearestOrNone(string text, string? expected) =>
        Assert.Equal(expected, NearestName.Of(text, ["Store", "Enabled", "RenewDeadline", "RenewInterval", "StopTimeout", ""]));
}
