using System.Net;
using System.Net.Sockets;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:4040", "[::1]:4040")]
    public void Resolve_Address_IsThatAddress(string text, string endPoint)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress? address));
        Assert.Equal([IPEndPoint.Parse(endPoint)], address!.Resolve().EndPoints);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData(":4040")]
    [InlineData("0.0.0.0:4040")] // As in Go.
    [InlineData("[::]:4040")]
    public void Resolve_EveryAddress_IsThoseOfIPv6Too(string text)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress? address));
        IPEndPoint endPoint = Assert.Single(address!.Resolve().EndPoints);
        Assert.Equal(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, endPoint.Address);
        Assert.Equal(4040, endPoint.Port);
    }

    [Fact]
    public void Resolve_Name_IsLookedUp()
    {
        Assert.True(ListenAddress.TryParse("localhost:4040", out ListenAddress? address));
        Assert.All(address!.Resolve().EndPoints, endPoint => Assert.True(IPAddress.IsLoopback(endPoint.Address)));
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
