using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// Answers the first request of each connection (no such lease), reads the second and closes in good order without an answer: what a
/// server does that shuts down. Kestrel cannot be made to do it.
/// </summary>
internal sealed class ClosingServer : IAsyncDisposable
{
    private const string NotFound =
        """{"kind":"Status","code":404,"reason":"NotFound","details":{"kind":"leases"}}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;

    public ClosingServer(CertificateAuthority authority)
    {
        (string certificate, string key) = authority.IssueForServer();
        _certificate = X509Certificate2.CreateFromPem(certificate, key);
        _listener.Start();
        Url = new Uri($"https://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>The methods of the requests that arrived.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient disposed = client;
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            await ReadRequestAsync(tls);
            await tls.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 404 Not Found\r\nContent-Length: {NotFound.Length}\r\n\r\n{NotFound}"), _stop.Token);
            await ReadRequestAsync(tls);
            await tls.ShutdownAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over.
        }
    }

    private async Task ReadRequestAsync(SslStream tls)
    {
        var request = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        do
        {
            int read = await tls.ReadAsync(buffer, _stop.Token);
            if (read == 0)
                throw new IOException("The client has gone.");
            request.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        while (!IsWhole(request.ToString()));
        Requests.Enqueue(request.ToString().Split(' ')[0]);
    }

    private static bool IsWhole(string request)
    {
        int head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return head > 0 && (request.StartsWith("GET", StringComparison.Ordinal) || request.EndsWith('}'));
    }
}
