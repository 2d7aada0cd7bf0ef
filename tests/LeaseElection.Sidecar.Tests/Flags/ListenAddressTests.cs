using System.Net;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("0.0.0.0:4040", "0.0.0.0:4040")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:4040", "[::1]:4040")]
    public void Resolve_Address_IsThatAddress(string text, string endPoint)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress? address));
        Assert.Equal([IPEndPoint.Parse(endPoint)], address!.Resolve());
        Assert.Equal(text, address.ToString());
    }

    [Fact]
    public void Resolve_PortAlone_IsEveryAddress()
    {
        Assert.True(ListenAddress.TryParse(":4040", out ListenAddress? address));
        IPEndPoint endPoint = Assert.Single(address!.Resolve());
        Assert.Contains(endPoint.Address, new[] { IPAddress.IPv6Any, IPAddress.Any });
        Assert.Equal(4040, endPoint.Port);
    }

    [Fact]
    public void Resolve_Name_IsLookedUp()
    {
        Assert.True(ListenAddress.TryParse("localhost:4040", out ListenAddress? address));
        Assert.All(address!.Resolve(), endPoint => Assert.True(IPAddress.IsLoopback(endPoint.Address)));
    }

    [Theory]
    [InlineData("4040")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData(":70000")]
    [InlineData(":-1")]
    [InlineData("::1:4040")]
    [InlineData("http://localhost:4040")]
    [InlineData("a b:4040")]
    public void TryParse_NoAddress_IsRefused(string text) => Assert.False(ListenAddress.TryParse(text, out _));
}
