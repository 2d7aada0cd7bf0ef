using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Tests.Kubernetes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// Reads HTTP requests over TLS and answers with exactly the bytes it is told to, whatever they are. Kestrel sends only HTTP.
/// </summary>
internal sealed class RawApiServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly CertificateAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private readonly Func<RawRequest, RawAnswer> _answer;
    private readonly Task _accepting;

    public RawApiServer(Func<RawRequest, RawAnswer> answer)
    {
        _answer = answer;
        (string certificate, string key) = _authority.IssueForServer();
        _certificate = X509Certificate2.CreateFromPem(certificate, key);
        _listener.Start();
        Url = new Uri($"https://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    public string AuthorityPem => _authority.Pem;

    public KubernetesConnection Connection => new()
    {
        Server = Url,
        Origin = "test",
        User = new ClusterUser { Token = TextSource.Inline("token", "c0nfidential") },
        CertificateAuthority = TextSource.Inline("ca", AuthorityPem),
        ConnectTimeout = Records.Patience, // In real time, and a handshake takes what it takes.
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
                connections.RemoveAll(connection => connection.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient disposed = client;
        client.NoDelay = true;
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            using var reader = new StreamReader(tls, Encoding.Latin1, leaveOpen: true);
            while (await ReadAsync(reader) is { } request)
            {
                RawAnswer answer = _answer(request);
                foreach (ReadOnlyMemory<byte> piece in answer.Pieces)
                {
                    await tls.WriteAsync(piece, _stop.Token);
                    if (answer.Pause > TimeSpan.Zero)
                        await Task.Delay(answer.Pause, TimeProvider.System, _stop.Token);
                }
                // Until the client has had enough.
                if (answer.Hangs)
                    _ = await reader.ReadAsync(new char[1], _stop.Token);
                if (answer.Closes)
                    await tls.ShutdownAsync();
                if (answer.Hangs || answer.Closes)
                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task<RawRequest?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_stop.Token) is not { } first)
            return null;
        int length = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header[15..], CultureInfo.InvariantCulture);
        }
        char[] body = new char[length];
        // Not for an empty body: a StreamReader waits for more all the same.
        if (length > 0 && await reader.ReadBlockAsync(body, _stop.Token) < length)
            return null;
        string[] words = first.Split(' ');
        return new RawRequest(words[0], words[1], Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }
}
