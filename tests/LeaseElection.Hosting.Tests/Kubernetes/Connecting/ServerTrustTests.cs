using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

/// <summary>
/// Real handshakes with every shape of a company's certificates. What is expected is what Go does with the same; the table of
/// connections has kubectl beside us for those that a cluster really has.
/// </summary>
public sealed class ServerTrustTests : IDisposable
{
    private const string Host = "api.example";
    private const string AnyUsage = "2.5.29.37.0";

    private readonly TestCertificate _root = TestCertificate.Authority("root");
    private readonly TestCertificate _intermediate;
    private readonly TestCertificate _leaf;

    public ServerTrustTests()
    {
        _intermediate = TestCertificate.Authority("intermediate", _root);
        _leaf = TestCertificate.Server(Host, _intermediate);
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _intermediate.Dispose();
        _root.Dispose();
    }

    [Fact]
    public Task Root_IntermediateSent_Trusted() => TrustedAsync(_leaf, [_intermediate], [_root]);

    [Fact]
    public Task Root_IntermediateNotSent_Refused() => RefusedAsync(_leaf, [], [_root], "PartialChain");

    [Fact]
    public Task RootAndIntermediate_NothingSent_Trusted() => TrustedAsync(_leaf, [], [_root, _intermediate]);

    [Fact]
    public Task Intermediate_SentToo_Trusted() => TrustedAsync(_leaf, [_intermediate], [_intermediate]);

    [Fact]
    public Task Intermediate_NotSent_Trusted() => TrustedAsync(_leaf, [], [_intermediate]);

    [Fact]
    public Task Intermediate_WholeChainSent_Trusted() => TrustedAsync(_leaf, [_intermediate, _root], [_intermediate]);

    [Fact]
    public async Task Intermediate_ExpiredRootAboveIt_Trusted()
    {
        using TestCertificate root = TestCertificate.Authority("root", from: -20, to: -10);
        using TestCertificate intermediate = TestCertificate.Authority("intermediate", root);
        using TestCertificate leaf = TestCertificate.Server(Host, intermediate);

        await TrustedAsync(leaf, [intermediate, root], [intermediate]);
    }

    [Fact]
    public async Task UpperIntermediate_LowerOneSent_Trusted()
    {
        using TestCertificate lower = TestCertificate.Authority("lower", _intermediate);
        using TestCertificate leaf = TestCertificate.Server(Host, lower);

        await TrustedAsync(leaf, [lower], [_intermediate]);
        await RefusedAsync(leaf, [], [_intermediate], "PartialChain");
    }

    [Fact]
    public Task ServerItself_Trusted() => TrustedAsync(_leaf, [_intermediate], [_leaf]);

    [Fact]
    public async Task ServerItself_SignedByItself_Trusted()
    {
        using TestCertificate leaf = TestCertificate.Server(Host);

        await TrustedAsync(leaf, [], [leaf]);
    }

    [Fact]
    public async Task AnotherServerOfTheSameAuthority_Refused()
    {
        using TestCertificate other = TestCertificate.Server(Host, _intermediate);

        await RefusedAsync(_leaf, [_intermediate], [other], "PartialChain");
    }

    [Fact]
    public async Task ServersOwnCertificate_SignsAnother_Refused()
    {
        using TestCertificate signed = TestCertificate.Server(Host, _leaf);

        await RefusedAsync(signed, [_leaf], [_leaf], "is not trusted");
    }

    [Fact]
    public async Task AnotherAuthority_Refused()
    {
        using TestCertificate other = TestCertificate.Authority("other");

        await RefusedAsync(_leaf, [_intermediate], [other], "PartialChain");
        await RefusedAsync(_leaf, [_intermediate, _root], [other], "is not trusted");
    }

    /// <summary>Somebody who has made an authority of the same name and key id, and whatever else can be copied.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ForgedIntermediate_Refused(bool sendsTheRealOne)
    {
        using TestCertificate forged = TestCertificate.Authority("intermediate", _root, keyIdOf: _intermediate, forged: true);
        using TestCertificate leaf = TestCertificate.Server(Host, forged);
        TestCertificate[] sent = sendsTheRealOne ? [_intermediate] : [forged];

        await RefusedAsync(leaf, sent, [_intermediate], "is not trusted");
        await RefusedAsync(leaf, sent, [_root], "is not trusted");
        await RefusedAsync(leaf, sent, [_root, _intermediate], "is not trusted");
    }

    [Fact]
    public async Task TwoOfOneName_AuthorityIsBeingRotated_BothTrusted()
    {
        using TestCertificate newRoot = TestCertificate.Authority("root", withKeyId: false);
        using TestCertificate oldRoot = TestCertificate.Authority("root", withKeyId: false);
        using TestCertificate newLeaf = TestCertificate.Server(Host, newRoot, withKeyId: false);
        using TestCertificate oldLeaf = TestCertificate.Server(Host, oldRoot, withKeyId: false);

        foreach (TestCertificate leaf in (TestCertificate[])[newLeaf, oldLeaf])
        {
            await TrustedAsync(leaf, [], [newRoot, oldRoot]);
            await TrustedAsync(leaf, [], [oldRoot, newRoot]);
        }
    }

    [Fact]
    public async Task Intermediate_CrossSignedOneIsSent_Trusted()
    {
        using TestCertificate other = TestCertificate.Authority("other");
        using TestCertificate crossSigned = TestCertificate.Authority("intermediate", other, keyOf: _intermediate);

        await TrustedAsync(_leaf, [crossSigned], [_intermediate]);
        await TrustedAsync(_leaf, [crossSigned, other], [_intermediate]);
        await TrustedAsync(_leaf, [crossSigned], [other]);
    }

    [Theory]
    [InlineData(-20, -10)]
    [InlineData(10, 20)]
    public async Task Server_NotOfToday_Refused(int from, int to)
    {
        using TestCertificate leaf = TestCertificate.Server(Host, _intermediate, from: from, to: to);

        await RefusedAsync(leaf, [], [_intermediate], "NotTimeValid");
        await RefusedAsync(leaf, [_intermediate], [_root], "Renew it, or set the clock.");
        await RefusedAsync(leaf, [], [leaf], "NotTimeValid");
    }

    [Fact]
    public async Task Intermediate_Expired_Refused()
    {
        using TestCertificate expired = TestCertificate.Authority("expired", _root, from: -20, to: -10);
        using TestCertificate leaf = TestCertificate.Server(Host, expired);

        await RefusedAsync(leaf, [], [expired], "is not trusted");
        await RefusedAsync(leaf, [expired], [_root], "the certificate 'CN=expired' is not trusted (NotTimeValid): it is valid from ");
    }

    [Fact]
    public async Task Root_Expired_Refused()
    {
        using TestCertificate expired = TestCertificate.Authority("root", from: -20, to: -10);
        using TestCertificate leaf = TestCertificate.Server(Host, expired);

        await RefusedAsync(leaf, [], [expired], "the certificate 'CN=root' is not trusted (NotTimeValid): it is valid from ");
    }

    [Theory]
    [InlineData("other.example", "its certificate is for api.example, and not for other.example.")]
    [InlineData("example", "and not for example.")]
    [InlineData("10.0.0.1", "and not for 10.0.0.1.")]
    public async Task Server_OfAnotherName_RefusedWhateverIsNamed(string wanted, string why)
    {
        await RefusedAsync(_leaf, [_intermediate], [_root], why, wanted);
        await RefusedAsync(_leaf, [], [_intermediate], why, wanted);
        await RefusedAsync(_leaf, [], [_leaf], why, wanted);
    }

    [Fact]
    public async Task Server_WithACommonNameOnly_Refused()
    {
        using TestCertificate leaf = TestCertificate.Server(names: [], signer: _intermediate, commonName: Host);

        await RefusedAsync(leaf, [_intermediate], [_root], "no alternative name at all");
        await RefusedAsync(leaf, [], [leaf], "no alternative name at all");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("fd00::1")]
    public async Task Server_OfAnAddress_TrustedForItAndNoOther(string address)
    {
        using TestCertificate leaf = TestCertificate.Server(address, _intermediate);

        await TrustedAsync(leaf, [], [_intermediate], address);
        await RefusedAsync(leaf, [], [_intermediate], $"is for {address}, and not for 10.0.0.2", "10.0.0.2");
    }

    [Fact]
    public async Task Server_OfAWildcard_TrustedForOneLevel()
    {
        using TestCertificate leaf = TestCertificate.Server("*.corp.example", _intermediate);

        await TrustedAsync(leaf, [], [_intermediate], "api.corp.example");
        await RefusedAsync(leaf, [], [_intermediate], "and not for", "a.api.corp.example");
        await RefusedAsync(leaf, [], [_intermediate], "and not for", "corp.example");
    }

    [Fact]
    public async Task ClientsCertificate_Refused()
    {
        using TestCertificate client = TestCertificate.Server(Host, _intermediate, usage: TestCertificate.ClientAuthentication);

        await RefusedAsync(client, [], [_intermediate], "NotValidForUsage");
        await RefusedAsync(client, [_intermediate], [_root], "NotValidForUsage");
        await RefusedAsync(client, [], [client], "NotValidForUsage");
    }

    [Fact]
    public async Task CertificateForAnything_Trusted()
    {
        using TestCertificate leaf = TestCertificate.Server(Host, _intermediate, usage: null);

        await TrustedAsync(leaf, [], [_intermediate]);
        await TrustedAsync(leaf, [_intermediate], [_root]);
    }

    [Fact]
    public async Task CertificateOfAnyUsage_Trusted()
    {
        using TestCertificate intermediate = TestCertificate.Authority("any", _root, usage: AnyUsage);
        using TestCertificate leaf = TestCertificate.Server(Host, intermediate, usage: AnyUsage);

        await TrustedAsync(leaf, [], [intermediate]);
        await TrustedAsync(leaf, [intermediate], [_root]);
        await TrustedAsync(leaf, [], [leaf]);
    }

    [Fact]
    public async Task AuthorityOfClientsOnly_Refused()
    {
        using TestCertificate intermediate = TestCertificate.Authority("clients", _root, usage: TestCertificate.ClientAuthentication);
        using TestCertificate leaf = TestCertificate.Server(Host, intermediate);

        await RefusedAsync(leaf, [], [intermediate], "is not trusted");
        await RefusedAsync(leaf, [intermediate], [_root], "NotValidForUsage");
    }

    [Fact]
    public void Server_SignedOverSha1_Refused()
    {
        using TestCertificate leaf = TestCertificate.Server(Host, _intermediate, sha1: true);

        const string Why = "the certificate 'CN=kube-apiserver' is signed with sha1ECDSA, which is not trusted any more";
        Assert.Contains(Why, Judge(leaf, [_intermediate], [_root]), StringComparison.Ordinal);
        Assert.Contains(Why, Judge(leaf, [], [_intermediate]), StringComparison.Ordinal);
        Assert.Null(Judge(leaf, [], [leaf]));
    }

    [Fact]
    public void Intermediate_SignedOverSha1_RefusedUnlessItIsNamed()
    {
        using TestCertificate intermediate = TestCertificate.Authority("old", _root, sha1: true);
        using TestCertificate leaf = TestCertificate.Server(Host, intermediate);

        Assert.Contains("the certificate 'CN=old' is signed with", Judge(leaf, [intermediate], [_root]), StringComparison.Ordinal);
        Assert.Null(Judge(leaf, [intermediate], [intermediate]));
        Assert.Null(Judge(leaf, [intermediate], [_root, intermediate]));
    }

    [Fact]
    public void Root_SignedOverSha1_Trusted()
    {
        using TestCertificate root = TestCertificate.Authority("old", sha1: true);
        using TestCertificate leaf = TestCertificate.Server(Host, root);

        Assert.Null(Judge(leaf, [], [root]));
    }

    /// <summary>Also that of an authority, by which a server is trusted.</summary>
    [Theory]
    [InlineData(768, "the certificate 'CN=short' has an RSA key of 768 bits, and must have 1024 at least.")]
    [InlineData(1024, null)]
    public void Authority_WithAnRsaKey_TrustedIfItIsLongEnough(int bits, string? why)
    {
        using TestCertificate root = TestCertificate.Authority("short", rsaBits: bits);
        using TestCertificate leaf = TestCertificate.Server(Host, root);
        using TestCertificate intermediate = TestCertificate.Authority("short", _root, rsaBits: bits);
        using TestCertificate another = TestCertificate.Server(Host, intermediate);

        Assert.Equal(why, Judge(leaf, [], [root]));
        Assert.Equal(why, Judge(another, [intermediate], [_root]));
        Assert.Equal(why, Judge(another, [], [intermediate]));
    }

    [Fact]
    public async Task NothingNamed_IntermediateNotSent_NotDownloaded()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        using TestCertificate leaf = TestCertificate.Server(
            [Host], _intermediate, "kube-apiserver", download: $"http://{elsewhere.LocalEndpoint}/ca.crt");

        await RefusedAsync(leaf, [], null, "is not trusted");

        Assert.False(elsewhere.Pending());
    }

    [Fact]
    public async Task PathTooLong_Refused()
    {
        using TestCertificate last = TestCertificate.Authority("last", _root, pathLength: 0);
        using TestCertificate lower = TestCertificate.Authority("lower", last);
        using TestCertificate leaf = TestCertificate.Server(Host, lower);

        await RefusedAsync(leaf, [lower], [last], "is not trusted");
        await RefusedAsync(leaf, [lower, last], [_root], "is not trusted");
    }

    [Fact]
    public async Task ManyAuthoritiesNamed_OneOfThem_Trusted()
    {
        using TestCertificate other = TestCertificate.Authority("other");
        using TestCertificate another = TestCertificate.Server("another.example", other);

        await TrustedAsync(_leaf, [], [other, another, _intermediate]);
        await RefusedAsync(_leaf, [], [other, another], "is not trusted");
    }

    [Fact]
    public Task NothingNamed_SystemsAuthoritiesDecide() => RefusedAsync(_leaf, [_intermediate, _root], null, "is not trusted");

    private static async Task TrustedAsync(TestCertificate server, TestCertificate[] sent, TestCertificate[]? named, string host = Host) =>
        Assert.Null(await ShakeHandsAsync(server, sent, named, host));

    private static async Task RefusedAsync(
        TestCertificate server, TestCertificate[] sent, TestCertificate[]? named, string why, string host = Host)
    {
        Exception? thrown = await ShakeHandsAsync(server, sent, named, host);
        Assert.Contains(why, Assert.IsType<UntrustedServerException>(thrown).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Without a handshake, which today's OpenSSL does not even begin with such certificates; a server with an old one does.
    /// </summary>
    private static string? Judge(TestCertificate server, TestCertificate[] sent, TestCertificate[] named)
    {
        X509Certificate2Collection authorities = [.. named.Select(certificate => certificate.Public)];
        using var chain = new X509Chain { ChainPolicy = ServerTrust.PolicyOf(authorities) };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(TestCertificate.ServerAuthentication)); // As SslStream does.
        chain.ChainPolicy.ExtraStore.AddRange(sent.Select(certificate => certificate.Public).ToArray());
        SslPolicyErrors errors = chain.Build(server.Public) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        return ServerTrust.Refusal(server.Public, Host, chain, errors, authorities);
    }

    /// <returns>What the client threw.</returns>
    private static async Task<Exception?> ShakeHandsAsync(
        TestCertificate server, TestCertificate[] sent, TestCertificate[]? named, string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await using var serverStream = new SslStream(accepted.GetStream());
        await using var clientStream = new SslStream(client.GetStream());

        Task serving = serverStream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                server.Certificate, [.. sent.Select(certificate => certificate.Certificate)], offline: true),
        });
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        ServerTrust.Configure(options, named is null ? null : [.. named.Select(certificate => certificate.Public)]);
        Exception? thrown = await Record.ExceptionAsync(() => clientStream.AuthenticateAsClientAsync(options).WaitAsync(Signal.Patience));
        client.Close();
        await Record.ExceptionAsync(() => serving);
        return thrown;
    }
}
