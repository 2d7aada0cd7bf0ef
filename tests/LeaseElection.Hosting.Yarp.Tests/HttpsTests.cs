using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>An endpoint by https: the leader's certificate is for the name that clients ask, wherever the leader is.</summary>
public sealed class HttpsTests : IAsyncLifetime
{
    private readonly TestCertificate _authority = TestCertificate.Authority("the app's");
    private TestCertificate _certificate = null!;
    private WebReplica _leader = null!;
    private WebReplica _standby = null!;

    public async Task InitializeAsync()
    {
        _certificate = TestCertificate.Server("shop.example", _authority);
        _leader = await WebReplica.StartAsync(
            "leader_1",
            app => app.MapGet("/who", () => "leader_1"),
            server => server.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(_certificate.Certificate)));
        _standby = await WebReplica.StartAsync(
            "standby_1",
            app => app.MapGet("/who", () => "standby_1").RequireLeadership().ForwardToLeader(options =>
                options.ConfigureHandler = handler => handler.SslOptions.CertificateChainPolicy = Trusting(_authority)));
        _standby.Election.Sees("leader_1", _leader.Address);
    }

    public async Task DisposeAsync()
    {
        await _standby.DisposeAsync();
        await _leader.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task CertificateForTheNameThatIsAsked_IsTrusted()
    {
        using HttpResponseMessage answer = await AskAsync("shop.example");

        Assert.Equal("leader_1", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task CertificateForAnother_IsNotTrusted_AndTheRequestNotSent()
    {
        using HttpResponseMessage answer = await AskAsync("other.example");

        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("leader_1 leads, and cannot be reached.", problem.GetProperty("detail").GetString());
        Assert.Contains(
            "RemoteCertificateNameMismatch", _standby.Log.Named("ForwardingFailed").Single().Exception!.ToString(),
            StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> AskAsync(string host)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_standby.Address, "/who"));
        request.Headers.Host = host;
        return await client.SendAsync(request);
    }

    private static X509ChainPolicy Trusting(TestCertificate authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority.Public);
        return policy;
    }
}
