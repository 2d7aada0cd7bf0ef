using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>
/// Answers that go wrong below the JSON: status lines, headers and lengths that lie, chunks cut anywhere, compression nobody asked for,
/// redirects, interim responses, drips, early ends, and no HTTP at all.
/// </summary>
internal static class StrangeHttp
{
    private static readonly string[] StatusLines =
    [
        "HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/2.0 200 OK", "HTTP/9.9 200 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 OK",
        "HTTP/1.1 -1 X", "http/1.1 200 ok",
        "ICY 200 OK", "", "\0", "SSH-2.0-OpenSSH_9.6", "HTTP/1.1 200 \0", "HTTP/1.1  200 OK", "HTTP/1.1 200 " + new string('x', 70_000),
    ];

    private static readonly string[] Headers =
    [
        "Content-Type: text/html", "Content-Type: ", ": x", "x", " folded", "Content-Length: 5", "Content-Length: -1",
        "Content-Length: 99999999999999999999",
        "Content-Length: 1048576", "Content-Length: 10485760", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked",
        "Connection: close",
        "Connection: upgrade", "Location: https://127.0.0.1:1/", "Location: /", "Location: ::", "Set-Cookie: a=b", "Trailer: x",
        "Date: yesterday", "Retry-After: ",
        "WWW-Authenticate: Negotiate", "Proxy-Authenticate: Basic", "Alt-Svc: h3=\":1\"", "Content-Encoding: gzip", "X: \u0001\u00ff",
        "Keep-Alive: timeout=0",
    ];

    public static RawAnswer Any(Random random, byte[] body) => random.Next(10) switch
    {
        0 => new RawAnswer([StrangeBytes.Noise(random, random.Next(2000))]) { Closes = true },
        1 => new RawAnswer([]) { Closes = random.OneIn(2), Hangs = true },
        _ => Spoilt(random, Message(random, body)),
    };

    public static byte[] Chunked(Random random, byte[] body)
    {
        using var chunks = new MemoryStream();
        for (int at = 0; at < body.Length;)
        {
            int length = Math.Min(random.Next(1, 200), body.Length - at);
            string size = random.OneIn(40)
                ? random.Of("-1", "g", "", "7fffffff", "ffffffffffffffffff")
                : length.ToString("x", CultureInfo.InvariantCulture);
            chunks.Write(Encoding.Latin1.GetBytes($"{size}{random.Of("", "", ";x=y")}\r\n"));
            chunks.Write(body.AsSpan(at, length));
            chunks.Write(random.OneIn(60) ? [] : "\r\n"u8);
            at += length;
        }
        chunks.Write(random.OneIn(8) ? [] : "0\r\nX: y\r\n\r\n"u8);
        return chunks.ToArray();
    }

    private static byte[] Message(Random random, byte[] body)
    {
        var head = new StringBuilder();
        for (int interim = random.OneIn(8) ? random.Of(1, 2, 50) : 0; interim > 0; interim--)
            head.Append(random.Of("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"));
        head.Append(random.OneIn(6) ? random.Of(StatusLines) : $"HTTP/1.1 {Status(random)} X");
        head.Append("\r\n");
        for (int extra = random.Next(3); extra > 0; extra--)
            head.Append(random.Of(Headers)).Append("\r\n");
        if (random.OneIn(4))
            head.Append("Retry-After: ").Append(StrangeRetryAfter.Any(random)).Append("\r\n");
        if (random.OneIn(40))
            head.Append("X: ").Append('x', 1 << 20).Append("\r\n");
        switch (random.Next(6))
        {
            case 0:
                body = Chunked(random, body);
                head.Append("Transfer-Encoding: chunked\r\n");
                break;
            case 1:
                body = Gzip(body);
                head.Append(CultureInfo.InvariantCulture, $"Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n");
                break;
            case 2:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + random.Next(-20, 20)}\r\n");
                break;
            case 3:
                break;
            default:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
                break;
        }
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static RawAnswer Spoilt(Random random, byte[] message)
    {
        if (random.OneIn(6))
            message = message[..random.Next(message.Length + 1)];
        var whole = new RawAnswer([message]) { Closes = random.OneIn(2), Hangs = random.OneIn(6) };
        return random.OneIn(6) && message.Length < 3000
            ? whole with
            {
                Pieces = [.. message.Select(b => (ReadOnlyMemory<byte>)new[] { b })],
                Pause = random.OneIn(4) ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero,
            }
            : whole;
    }

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }

    private static int Status(Random random) => random.Of(
        200, 200, 200, 201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 504, 101,
        random.Next(100, 1000));
}
