using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace LeaseElection.Testing.Proxy;

/// <summary>A request as it came over the wire: HTTP/1.1 with a content length, which is all that electors send.</summary>
internal sealed record HttpRequestHead(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Verb => Method switch
    {
        "GET" when Target.Contains("watch=", StringComparison.Ordinal) => "watch",
        "POST" => "create",
        "PUT" => "update",
        _ => Method.ToLowerInvariant(),
    };

    /// <summary>The next request of the connection; <see langword="null"/> when there is none any more.</summary>
    public static async Task<HttpRequestHead?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        if (await TakeAsync(reader, EndOfHead, cancellationToken) is not { } head)
            return null;
        string[] lines = Encoding.ASCII.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines[0].Split(' ') is not [string method, string target, _])
            throw new InvalidDataException($"no HTTP/1.1 request: {lines[0]}");
        KeyValuePair<string, string>[] headers =
        [
            .. lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1].Trim())),
        ];
        if (headers.Any(header => header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
            throw new InvalidDataException("a body without a length");
        string? length = headers.FirstOrDefault(header => header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        int bytes = length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture);
        byte[]? body = bytes == 0 ? [] : await TakeAsync(reader, buffer => buffer.Length < bytes ? null : bytes, cancellationToken);
        return body is null ? null : new HttpRequestHead(method, target, headers, body);
    }

    public HttpRequestMessage ToMessage(Uri upstream)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(Method), new Uri(upstream, Target));
        if (Body.Length > 0)
            message.Content = new ByteArrayContent(Body);
        foreach ((string name, string value) in Headers)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static int? EndOfHead(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? (int)reader.Consumed : null;
    }

    private static async Task<byte[]?> TakeAsync(
        PipeReader reader, Func<ReadOnlySequence<byte>, int?> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            if (find(read.Buffer) is { } length)
            {
                byte[] taken = read.Buffer.Slice(0, length).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(length));
                return taken;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }
}
