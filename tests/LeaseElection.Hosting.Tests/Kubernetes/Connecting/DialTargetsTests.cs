using System.Net;
using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

public sealed class DialTargetsTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:6443")]
    [InlineData("10.0.0.2 10.0.0.1", "10.0.0.2:6443 10.0.0.1:6443")]
    [InlineData("fd00::1 fd00::2 10.0.0.1 10.0.0.2 10.0.0.3", "[fd00::1]:6443 10.0.0.1:6443 [fd00::2]:6443 10.0.0.2:6443 10.0.0.3:6443")]
    [InlineData("10.0.0.1 fd00::1 fd00::2", "10.0.0.1:6443 [fd00::1]:6443 [fd00::2]:6443")]
    [InlineData("10.0.0.1 10.0.0.1 fd00::1", "10.0.0.1:6443 [fd00::1]:6443")]
    [InlineData("0.0.0.0", "127.0.0.1:6443")]
    [InlineData("::", "[::1]:6443")]
    [InlineData("0.0.0.0 127.0.0.1", "127.0.0.1:6443")]
    [InlineData("::ffff:10.0.0.1 10.0.0.1", "10.0.0.1:6443")]
    [InlineData("fe80::1%3", "[fe80::1%3]:6443")]
    public void Of_Resolved_FamiliesByTurnsAndLoopbackForUnspecified(string resolved, string expected) =>
        Assert.Equal(expected, string.Join(' ', DialTargets.Of(resolved.Split(' ').Select(IPAddress.Parse), 6443)));
}
