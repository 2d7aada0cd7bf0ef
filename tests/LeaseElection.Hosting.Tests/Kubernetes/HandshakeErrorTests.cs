using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Leases;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// Connections that are taken and come to nothing in TLS, on either way that a request may go: nobody is sent to look at the authorities
/// of the server where nobody has shown a certificate, or where it is ours that is refused.
/// </summary>
public sealed class HandshakeErrorTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _listener.Start();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _listener.Dispose();

    /// <summary>A load balancer does so while none of its API servers is up.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Replace_ConnectionEndsInTheHandshake_FailedNetwork(bool isBlocking, bool isReset)
    {
        string message = await FailAsync(isBlocking, LeaseStoreErrorKind.Network, client =>
        {
            if (isReset)
                client.Close(timeout: 0);
            return Task.CompletedTask;
        });

        Assert.Contains("ended before TLS was agreed on", message, StringComparison.Ordinal);
        Assert.DoesNotContain("authority", message, StringComparison.Ordinal);
    }

    /// <summary>The port of a server that speaks no TLS itself, such as kubectl proxy.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replace_NoTlsIsSpokenThere_FailedTlsAndSaysSo(bool isBlocking)
    {
        string message = await FailAsync(isBlocking, LeaseStoreErrorKind.Tls, SendPlainAsync);

        Assert.Contains("Is TLS spoken at that port?", message, StringComparison.Ordinal);
        Assert.DoesNotContain("authority", message, StringComparison.Ordinal);
    }

    /// <summary>It says so of itself, and speaks plain HTTP: who reads of the API server alone looks for it at the wrong machine.</summary>
    [Fact]
    public async Task Replace_ProxySpeaksNoTls_FailedTlsAndNamesTheProxy()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server)
        {
            Proxy = new Uri($"https://me:s3cret@{_listener.LocalEndpoint}"),
        }.Create();

        string message = await FailAsync(store, LeaseStoreErrorKind.Tls, SendPlainAsync);

        Assert.Contains($"(through the proxy https://{_listener.LocalEndpoint})", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    /// <summary>In TLS 1.3 the handshake has succeeded for us by then: it is the first read that tells of it, if any does.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ServerRefusesOurCertificate_TlsAndSaysWhose(bool isBlocking)
    {
        var told = new IOException(
            "The decryption operation failed, see inner exception.",
            new CryptographicException("error:0A00045C:SSL routines::tlsv13 alert certificate required"));

        LeaseStoreError error = TransportErrors.From(
            isBlocking ? told : new HttpRequestException(HttpRequestError.Unknown, "", told), "https://api.example:6443");

        Assert.Equal(LeaseStoreErrorKind.Tls, error.Kind);
        Assert.StartsWith(
            "https://api.example:6443 ended TLS: error:0A00045C:SSL routines::tlsv13 alert certificate required. If it names a "
            + "certificate, that is ours", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_HandshakeIsNeverAnswered_SaysWhatItMayBe()
    {
        await using KubernetesLeaseStore store = new(
            new StoreSetup(_server) { Url = Url }.Connection with { ConnectTimeout = TimeSpan.FromSeconds(0.3) },
            StoreSetup.Namespace, "settlement", TimeProvider.System, new RecordingLogger<KubernetesLeaseStore>());
        Task<LeaseReply> replacing = store.ReplaceAsync(Some(), Held("a", 1), Patience, default);
        using Socket client = await _listener.AcceptSocketAsync();

        string message = Failed(LeaseStoreErrorKind.Network, await replacing).Message;

        Assert.Contains("came about in time. If connections are taken there, it is a load balancer", message, StringComparison.Ordinal);
    }

    private Uri Url => new($"https://{_listener.LocalEndpoint}");

    private static Lease Some() => new() { ResourceVersion = "6", Uid = "u", Record = Held("a") };

    private ILeaseStore Open(bool isBlocking)
    {
        KubernetesLeaseStore store = new StoreSetup(_server) { Url = Url }.Create();
        return isBlocking ? new BlockingStore(store) : store;
    }

    private async Task<string> FailAsync(bool isBlocking, LeaseStoreErrorKind kind, Func<Socket, Task> answer)
    {
        await using ILeaseStore store = Open(isBlocking);
        return await FailAsync(store, kind, answer);
    }

    private async Task<string> FailAsync(ILeaseStore store, LeaseStoreErrorKind kind, Func<Socket, Task> answer)
    {
        Task<LeaseReply> replacing = store.ReplaceAsync(Some(), Held("a", 1), Patience, default);
        using (Socket client = await _listener.AcceptSocketAsync())
        {
            Assert.NotEqual(0, await client.ReceiveAsync(new byte[16 * 1024])); // It has begun.
            await answer(client);
        }
        return Failed(kind, await replacing).Message;
    }

    private static async Task SendPlainAsync(Socket client) => await client.SendAsync(
        Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"));
}
