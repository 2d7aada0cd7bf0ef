using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeaseElection.Benchmarks;

/// <summary>
/// Answers every request on one loopback connection with the same bytes, over a socket without TLS. It allocates nothing while it does, so
/// that all that is measured is the client's.
/// </summary>
internal sealed class CannedServer : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _answer;

    public CannedServer(byte[] body)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        _answer = [.. Encoding.ASCII.GetBytes(head), .. body];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = new Uri($"http://{_listener.LocalEndPoint}/lease");
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public Uri Url { get; }

    public void Dispose() => _listener.Dispose();

    private void Serve()
    {
        try
        {
            using Socket client = _listener.Accept();
            Answer(client);
        }
        catch (SocketException)
        {
            // Disposed of, by who never came, or hung up on.
        }
    }

    /// <summary>
    /// A request has come in full when the closing brackets of its lease have: no client sends more before it is answered.
    /// </summary>
    private void Answer(Socket client)
    {
        byte[] buffer = new byte[8192];
        int filled = 0;
        int read;
        while ((read = client.Receive(buffer.AsSpan(filled), SocketFlags.None, out _)) > 0)
        {
            filled += read;
            if (!buffer.AsSpan(0, filled).EndsWith("}}"u8))
                continue;
            client.Send(_answer);
            filled = 0;
        }
    }
}
