using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

public sealed class EnvironmentProxyTests
{
    private const string Proxy = "http://proxy.example:3128/";

    [Theory]
    [InlineData("https://10.96.0.1:443", "", Proxy)]
    [InlineData("https://api.example:6443", "", Proxy)]
    [InlineData("https://0.0.0.0:6443", "", Proxy)] // Go's rule is about the text, and this is not loopback.
    [InlineData("https://10.96.0.1", "10.0.0.0/8", null)]
    [InlineData("https://10.96.0.1", "10.96.0.1:443", null)]
    [InlineData("https://[fd00::1]:6443", "fd00::/8", null)]
    [InlineData("https://bücher.example", ".example", null)]
    [InlineData("https://127.0.0.1:6443", "", null)]
    [InlineData("https://127.8.9.1:6443", "", null)]
    [InlineData("https://[::1]:6443", "", null)]
    [InlineData("https://localhost:6443", "", null)]
    [InlineData("https://LOCALHOST:6443", "", null)]
    [InlineData("https://kind.localhost:6443", "", Proxy)]
    public void For_Server_ByNoProxyAndNeverForThisMachine(string server, string noProxy, string? expected) => Assert.Equal(
        expected,
        EnvironmentProxy.For(
            new Uri(server), TestEnvironment.With(("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", noProxy)))?.AbsoluteUri);

    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128/")]
    [InlineData("HTTP://proxy.example", "http://proxy.example/")]
    [InlineData("https://proxy.example", "https://proxy.example/")]
    [InlineData("proxy.example:3128", "http://proxy.example:3128/")]
    [InlineData("proxy.example", "http://proxy.example/")]
    [InlineData("10.0.0.9:3128", "http://10.0.0.9:3128/")]
    [InlineData("[fd00::9]:3128", "http://[fd00::9]:3128/")]
    [InlineData("socks5://proxy.example", "socks5://proxy.example")]
    [InlineData("socks5h://proxy.example:1081", "socks5h://proxy.example:1081")]
    [InlineData("http://me:s3cret@proxy.example:3128", "http://me:s3cret@proxy.example:3128/")]
    [InlineData("me:s3cret@proxy.example:3128", "http://me:s3cret@proxy.example:3128/")]
    public void For_ProxyInAnyForm_Read(string value, string expected) =>
        Assert.Equal(new Uri(expected), EnvironmentProxy.For(new Uri("https://api.example"), TestEnvironment.With(("HTTPS_PROXY", value))));

    [Theory]
    [InlineData("ftp://proxy.example:21")]
    [InlineData("socks4://proxy.example:21")]
    [InlineData("proxy.example:abc")]
    [InlineData("proxy .example")]
    [InlineData(" http://proxy.example")]
    [InlineData("http://")]
    [InlineData("://proxy")]
    [InlineData("http://proxy.example:99999")]
    public void For_NoProxyAtAll_ThrowsNamingVariableRuleAndFix(string value)
    {
        var thrown = Assert.Throws<LeaseStoreConfigurationException>(
            () => EnvironmentProxy.For(new Uri("https://api.example"), TestEnvironment.With(("https_proxy", value))));

        Assert.Contains($"https_proxy is '{value}'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("host:port or a URL that begins with http://", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("api.example to NO_PROXY", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For_WrongProxyWithAPassword_ThrowsWithoutIt()
    {
        var thrown = Assert.Throws<LeaseStoreConfigurationException>(
            () => EnvironmentProxy.For(
                new Uri("https://api.example"), TestEnvironment.With(("HTTPS_PROXY", "ftp://me:s3cret@proxy.example"))));

        Assert.DoesNotContain("s3cret", thrown.ToString(), StringComparison.Ordinal);
        Assert.Contains("***@proxy.example", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For_WrongProxyThatDoesNotApply_None() => Assert.Null(
        EnvironmentProxy.For(new Uri("https://127.0.0.1"), TestEnvironment.With(("HTTPS_PROXY", "ftp://proxy"))));

    [Fact]
    public void For_BothSpellings_CapitalsWin()
    {
        Uri server = new("https://api.example");

        Assert.Equal(
            new Uri("http://upper"),
            EnvironmentProxy.For(server, TestEnvironment.With(("https_proxy", "lower"), ("HTTPS_PROXY", "upper"))));
        Assert.Equal(new Uri("http://lower"), EnvironmentProxy.For(server, TestEnvironment.With(("https_proxy", "lower"))));
        Assert.NotNull(EnvironmentProxy.For(
            server, TestEnvironment.With(("HTTPS_PROXY", "upper"), ("no_proxy", "api.example"), ("NO_PROXY", "other.example"))));
        Assert.Null(EnvironmentProxy.For(server, TestEnvironment.With(("HTTPS_PROXY", "upper"), ("no_proxy", "api.example"))));
    }

    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("ALL_PROXY")]
    [InlineData("all_proxy")]
    public void For_VariableThatIsNotForHttps_None(string name) =>
        Assert.Null(EnvironmentProxy.For(new Uri("https://api.example"), TestEnvironment.With((name, "http://proxy.example:3128"))));
}
