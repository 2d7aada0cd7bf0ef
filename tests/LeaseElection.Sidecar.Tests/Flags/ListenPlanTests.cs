using System.Net;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class ListenPlanTests
{
    [Theory]
    [InlineData("127.0.0.1 ::1", "", "127.0.0.1:4040 [::1]:4040", "")]
    [InlineData("::1 127.0.0.1", "::1", "127.0.0.1:4040", "::1")]
    [InlineData("127.0.0.1 ::1", "127.0.0.1", "[::1]:4040", "127.0.0.1")]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.1:4040", "")]
    [InlineData("192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2", "192.0.2.1:4040 192.0.2.2:4040", "")]
    public void Of_AddressesThatThisMachineLacks_AreLeftOutUnlessAllAre(string addresses, string lacking, string endPoints, string missing)
    {
        var plan = ListenPlan.Of(
            [.. Words(addresses).Select(IPAddress.Parse)], 4040, address => !Words(lacking).Contains(address.ToString()));
        Assert.Equal(Words(endPoints), plan.EndPoints.Select(endPoint => endPoint.ToString()));
        Assert.Equal(Words(missing), plan.Missing.Select(address => address.ToString()));
    }

    [Fact]
    public void Of_AnyFreePort_IsTheFirstAddressThatThereIs()
    {
        var plan = ListenPlan.Of(
            [IPAddress.IPv6Loopback, IPAddress.Loopback, IPAddress.Any], 0, address => !address.Equals(IPAddress.IPv6Loopback));
        Assert.Equal(IPAddress.Loopback, Assert.Single(plan.EndPoints).Address);
    }

    [Fact]
    public void IsOfThisMachine_LoopbackAndAnAddressOfNobody()
    {
        Assert.True(ListenPlan.IsOfThisMachine(IPAddress.Loopback));
        Assert.False(ListenPlan.IsOfThisMachine(IPAddress.Parse("192.0.2.1")));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
