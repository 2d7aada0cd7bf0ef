using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

/// <summary>The answers are those of Go's own package for this.</summary>
public sealed class NoProxyListTests
{
    [Theory]
    [InlineData("*", "api.corp.example", true)]
    [InlineData("other,*", "10.96.0.1", true)]
    [InlineData("", "10.96.0.1", false)]
    [InlineData(" , ,", "10.96.0.1", false)]
    // Ranges: of addresses only.
    [InlineData("10.0.0.0/8", "10.96.0.1", true)]
    [InlineData("10.0.0.0/8,172.16.0.0/12,.svc", "172.31.255.255", true)]
    [InlineData("172.16.0.0/12", "172.32.0.0", false)]
    [InlineData("10.0.0.1/8", "10.96.0.1", true)]
    [InlineData("0.0.0.0/0", "192.0.2.1", true)]
    [InlineData("0.0.0.0/0", "fd00::1", false)]
    [InlineData("10.96.0.1/32", "10.96.0.1", true)]
    [InlineData("10.96.0.0/32", "10.96.0.1", false)]
    [InlineData("10.0.0.0/33", "10.96.0.1", false)]
    [InlineData("10.0.0.0/+8", "10.96.0.1", false)]
    [InlineData("10.0.0.0/8:6443", "10.96.0.1", false)]
    [InlineData("fd00::/8", "fd00:1::5", true)]
    [InlineData("fd00:1::/33", "fd00:1:8000::5", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.96.0.1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.96.0.1", true)]
    [InlineData("::ffff:10.0.0.0/8", "10.96.0.1", false)]
    [InlineData("10.0.0.0/8", "api.corp.example", false)]
    // Addresses.
    [InlineData("10.96.0.1", "10.96.0.1", true)]
    [InlineData("10.96.0.1:6443", "10.96.0.1", true)]
    [InlineData("10.96.0.1:443", "10.96.0.1", false)]
    [InlineData("10.96", "10.96.0.1", false)]
    [InlineData("10.96.0.01", "10.96.0.1", false)]
    [InlineData("fd00::1", "fd00::1", true)]
    [InlineData("FD00:0::1", "fd00::1", true)]
    [InlineData("[fd00::1]", "fd00::1", false)]
    [InlineData("[fd00::1]:6443", "fd00::1", true)]
    [InlineData("[fd00::1]:443", "fd00::1", false)]
    [InlineData("::ffff:10.96.0.1", "10.96.0.1", true)]
    // Names.
    [InlineData("corp.example", "corp.example", true)]
    [InlineData("corp.example", "api.corp.example", true)]
    [InlineData("corp.example", "xcorp.example", false)]
    [InlineData(".corp.example", "corp.example", false)]
    [InlineData(".corp.example", "api.corp.example", true)]
    [InlineData("*.corp.example", "api.corp.example", true)]
    [InlineData("*.corp.example", "corp.example", false)]
    [InlineData("*corp.example", "api.corp.example", false)]
    [InlineData("api.*.example", "api.corp.example", false)]
    [InlineData("CORP.example", "Api.Corp.Example", true)]
    [InlineData(" .svc , x", "kubernetes.default.svc", true)]
    [InlineData("svc", "kubernetes.default.svc", true)]
    [InlineData("corp.example:6443", "api.corp.example", true)]
    [InlineData(".corp.example:443", "api.corp.example", false)]
    [InlineData("corp.example:", "api.corp.example", true)]
    [InlineData("http://corp.example", "corp.example", false)]
    [InlineData("corp.example", "corp.example.", false)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    [InlineData("bücher.example", "api.xn--bcher-kva.example", true)]
    [InlineData("*.bücher.example", "api.xn--bcher-kva.example", true)]
    // Nonsense.
    [InlineData(":6443", "10.96.0.1", false)]
    [InlineData("*:6443", "10.96.0.1", false)]
    [InlineData("[]:6443", "10.96.0.1", false)]
    [InlineData("[", "10.96.0.1", false)]
    [InlineData(".", "10.96.0.1", false)]
    public void Exempts_ServerAtPort6443_AsGoDoes(string list, string host, bool expected) =>
        Assert.Equal(expected, NoProxyList.Exempts(list, host, 6443));
}
