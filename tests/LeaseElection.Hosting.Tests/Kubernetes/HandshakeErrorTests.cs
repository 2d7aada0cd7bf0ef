using System.Net;
using System.Net.Sockets;
using System.Text;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Leases;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// Connections that are taken and come to nothing before anybody has shown a certificate: nobody is sent to look at the authorities for
/// it, on whichever way the request was.
/// </summary>
public sealed class HandshakeErrorTests : IAsyncLifetime
{
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

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
            client.LingerState = new LingerOption(enable: isReset, seconds: 0);
            return Task.CompletedTask;
        });

        Assert.Contains("before TLS was agreed on", message, StringComparison.Ordinal);
        Assert.DoesNotContain("authority", message, StringComparison.Ordinal);
    }

    /// <summary>The port of a proxy that speaks no TLS itself, such as kubectl proxy.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replace_NoTlsIsSpokenThere_FailedTlsAndSaysSo(bool isBlocking)
    {
        string message = await FailAsync(isBlocking, LeaseStoreErrorKind.Tls, async client => await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")));

        Assert.Contains("Is it a port at which TLS is spoken?", message, StringComparison.Ordinal);
        Assert.DoesNotContain("authority", message, StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(bool isBlocking, LeaseStoreErrorKind kind, Func<TcpClient, Task> answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        ILeaseStore store = new StoreSetup(_server) { Url = new Uri($"https://{listener.LocalEndpoint}") }.Create();
        await using ILeaseStore used = isBlocking ? new BlockingStore(store) : store;
        var lease = new Lease { ResourceVersion = "6", Uid = "u", Record = Held("a") };

        Task<LeaseReply> replacing = used.ReplaceAsync(lease, Held("a", 1), Patience, default);
        using (TcpClient client = await listener.AcceptTcpClientAsync())
        {
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[16 * 1024])); // It has begun.
            await answer(client);
        }
        return Failed(kind, await replacing).Message;
    }
}
