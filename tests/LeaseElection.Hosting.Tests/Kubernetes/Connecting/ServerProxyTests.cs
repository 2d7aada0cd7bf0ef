using System.Net;
using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

public sealed class ServerProxyTests
{
    [Theory]
    [InlineData("http://proxy.example", "http://proxy.example/")]
    [InlineData("https://proxy.example:8443", "https://proxy.example:8443/")]
    [InlineData("socks5://proxy.example", "socks5://proxy.example:1080/")]
    [InlineData("socks5h://proxy.example:1081", "socks5://proxy.example:1081/")]
    [InlineData("socks5://[fd00::9]", "socks5://[fd00::9]:1080/")]
    public void GetProxy_AnyServer_ProxyAsDotNetKnowsIt(string url, string expected)
    {
        var proxy = new ServerProxy(new Uri(url));

        Assert.Equal(new Uri(expected), proxy.GetProxy(new Uri("https://127.0.0.1:6443")));
        Assert.False(proxy.IsBypassed(new Uri("https://127.0.0.1:6443")));
        Assert.Null(((IWebProxy)proxy).Credentials);
    }

    [Theory]
    [InlineData("http://me:s%40cret@proxy", "Basic", "me", "s@cret")]
    [InlineData("http://me@proxy", "basic", "me", "")]
    [InlineData("http://me:a:b@proxy", "Basic", "me", "a:b")]
    [InlineData("socks5://me:secret@proxy", "socks5", "me", "secret")]
    public void GetCredential_UserInTheUrl_HisWhereGoGivesThem(string url, string scheme, string user, string password)
    {
        var proxy = new ServerProxy(new Uri(url));

        NetworkCredential credential = ((IWebProxy)proxy).Credentials!.GetCredential(proxy.GetProxy(new Uri("https://api")), scheme)!;

        Assert.Equal((user, password), (credential.UserName, credential.Password));
        Assert.Empty(proxy.GetProxy(new Uri("https://api")).UserInfo); // It comes into messages.
    }

    [Theory]
    [InlineData("Negotiate")]
    [InlineData("NTLM")]
    [InlineData("Digest")]
    public void GetCredential_AnotherScheme_None(string scheme) =>
        Assert.Null(new ServerProxy(new Uri("http://me:secret@proxy")).GetCredential(new Uri("http://proxy"), scheme));
}
