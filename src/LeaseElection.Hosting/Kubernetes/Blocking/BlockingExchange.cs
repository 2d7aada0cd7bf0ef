using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Blocking;

/// <summary>
/// One HTTP/1.1 request and its answer over one connection, which ends with it. HttpClient cannot: it opens connections on the thread pool,
/// whoever waits for them. Only what the requests of a lease need, and nothing that an API server does not send is taken for an answer.
/// </summary>
internal sealed class BlockingExchange(Stream connection)
{
    private const int LongestLine = 16 * 1024;
    private const int MostHeaders = 256;

    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Sends all of it at once.</summary>
    public void Send(HttpRequestMessage message, ReadOnlyMemory<byte>? body, string mediaType)
    {
        var request = new MemoryStream();
        Uri address = message.RequestUri!;
        Line($"{message.Method} {address.PathAndQuery} HTTP/1.1", Encoding.ASCII);
        Line($"Host: {message.Headers.Host ?? HostOf(address)}", Encoding.ASCII);
        Line("Connection: close", Encoding.ASCII);
        foreach ((string name, HeaderStringValues values) in message.Headers.NonValidated)
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                Line($"{name}: {values}", Impersonation.EncodingOf(name) ?? Encoding.Latin1);
        }

        if (body is { } json)
        {
            Line($"Content-Type: {mediaType}", Encoding.ASCII);
            Line(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {json.Length}"), Encoding.ASCII);
        }

        Line("", Encoding.ASCII);
        request.Write(body.GetValueOrDefault().Span);
        connection.Write(request.GetBuffer().AsSpan(0, (int)request.Length));
        connection.Flush();

        void Line(string text, Encoding encoding)
        {
            if (text.AsSpan().ContainsAny('\r', '\n'))
                throw new ClusterCredentialException("A credential has a line break in it, and cannot be sent.");
            request.Write(encoding.GetBytes(text));
            request.Write("\r\n"u8);
        }
    }

    /// <returns>The head of the answer.</returns>
    /// <exception cref="InvalidDataException">It is no HTTP.</exception>
    public HttpResponseMessage ReadHead()
    {
        while (true)
        {
            string line = ReadLine();
            if (line.Split(' ', 3) is not [['H', 'T', 'T', 'P', '/', '1', '.', _], { Length: 3 } code, ..]
                || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int status)
                || status < 100)
                throw new InvalidDataException("what is no HTTP");
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
            int count = 0;
            while ((line = ReadLine()).Length > 0)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || ++count > MostHeaders)
                    throw new InvalidDataException("headers that are none");
                (string name, string value) = (line[..colon], line[(colon + 1)..].Trim());
                if (!response.Headers.TryAddWithoutValidation(name, value))
                    response.Content.Headers.TryAddWithoutValidation(name, value);
            }

            if (status >= 200)
                return response;
            response.Dispose(); // Only says that the answer is still to come.
        }
    }

    /// <exception cref="InvalidDataException">It is longer than <paramref name="max"/>, or not as the head says.</exception>
    /// <exception cref="EndOfStreamException">The connection ended before it did.</exception>
    public ReadOnlyMemory<byte> ReadBody(HttpResponseMessage head, int max)
    {
        var body = new MemoryStream();
        if (head.Headers.TransferEncodingChunked is true)
        {
            while (ReadChunkLength() is > 0 and var length)
            {
                Copy(length);
                if (ReadLine().Length > 0)
                    throw new InvalidDataException("chunks that do not end");
            }
        }
        else if (head.Headers.NonValidated.Contains("Transfer-Encoding"))
        {
            throw new InvalidDataException("an encoding that nobody asked for");
        }
        else if (head.Content.Headers.NonValidated.TryGetValues("Content-Length", out HeaderStringValues lengths))
        {
            if (!long.TryParse(lengths.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long length))
                throw new InvalidDataException("a length that is none");
            Copy(length);
        }
        else
        {
            while (_start < _end || Fill())
                Copy(_end - _start);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);

        void Copy(long length)
        {
            if (length > max - body.Length)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"more than {max} bytes"));
            while (length > 0)
            {
                if (_start == _end && !Fill())
                    throw new EndOfStreamException("it ended in the middle of an answer");
                int count = (int)Math.Min(length, _end - _start);
                body.Write(_buffer, _start, count);
                _start += count;
                length -= count;
            }
        }
    }

    private long ReadChunkLength()
    {
        string line = ReadLine();
        string digits = line.Split(';', 2)[0].Trim();
        return digits.Length is > 0 and <= 8
            && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw new InvalidDataException("chunks without a length");
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !Fill())
                throw new EndOfStreamException("it ended before there was an answer");
            char next = (char)_buffer[_start++];
            if (next == '\n')
                return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
            if (line.Append(next).Length > LongestLine)
                throw new InvalidDataException("a line without end");
        }
    }

    private bool Fill()
    {
        (_start, _end) = (0, connection.Read(_buffer));
        return _end > 0;
    }

    private static string HostOf(Uri address)
    {
        string host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost.Split('%')[0].Trim('[', ']')}]" : address.IdnHost;
        return address.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{address.Port}");
    }
}
