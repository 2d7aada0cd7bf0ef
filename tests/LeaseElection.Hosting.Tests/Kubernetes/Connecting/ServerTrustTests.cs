using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
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
        await RefusedAsync(leaf, [_intermediate], [_root], "NotTimeValid");
        await RefusedAsync(leaf, [], [leaf], "NotTimeValid");
    }

    [Fact]
    public async Task Intermediate_Expired_Refused()
    {
        using TestCertificate expired = TestCertificate.Authority("expired", _root, from: -20, to: -10);
        using TestCertificate leaf = TestCertificate.Server(Host, expired);

        await RefusedAsync(leaf, [], [expired], "is not trusted");
        await RefusedAsync(leaf, [expired], [_root], "NotTimeValid");
    }

    [Fact]
    public async Task Root_Expired_Refused()
    {
        using TestCertificate expired = TestCertificate.Authority("root", from: -20, to: -10);
        using TestCertificate leaf = TestCertificate.Server(Host, expired);

        await RefusedAsync(leaf, [], [expired], "NotTimeValid");
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

    private static async Task RefusedAsync(TestCertificate server, TestCertificate[] sent, TestCertificate[]? named, string why, string host = Host)
    {
        Exception? thrown = await ShakeHandsAsync(server, sent, named, host);
        Assert.Contains(why, Assert.IsType<AuthenticationException>(thrown).Message, StringComparison.Ordinal);
    }

    /// <returns>What the client threw.</returns>
    private static async Task<Exception?> ShakeHandsAsync(TestCertificate server, TestCertificate[] sent, TestCertificate[]? named, string host)
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
