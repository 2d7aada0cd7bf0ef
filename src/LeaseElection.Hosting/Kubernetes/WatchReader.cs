using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>Reads the events of a watch: one JSON object a line, however the network has cut them up.</summary>
/// <param name="body">What the server sends.</param>
/// <param name="target">What is watched, for messages.</param>
/// <param name="tell">
/// What a type of event and its object, which is not null, tell; nothing, if they are none of ours. May throw a JsonException.
/// </param>
internal sealed class WatchReader<TEvent>(Stream body, IRequestTarget target, Func<string?, ReadOnlySpan<byte>, TEvent?> tell)
    : IAsyncDisposable
    where TEvent : class
{
    private const int MaxLine = BoundedBody.MaxLength;

    private readonly PipeReader _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>
    /// How much of the line that has begun is known to hold no end: looked through once, not again for every byte that arrives.
    /// </summary>
    private long _searched;

    /// <returns>The next event, or <see langword="null"/> when the server has closed the watch in good order.</returns>
    /// <exception cref="LeaseWatchException">The watch broke, or the server reported an error in it.</exception>
    public async ValueTask<TEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await ReadPipeAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Slice(_searched).PositionOf((byte)'\n') is { } end)
            {
                _searched = 0;
                TEvent? happened = Parse(buffer.Slice(0, end));
                _pipe.AdvanceTo(buffer.GetPosition(1, end));
                if (happened is not null)
                    return happened;
                continue;
            }

            if (buffer.Length > MaxLine)
                throw Broken($"a line of it is longer than {MaxLine} bytes", exception: null);
            if (read.IsCompleted)
                return buffer.IsEmpty ? null : throw Broken("it ends in the middle of a line", exception: null);
            _searched = buffer.Length;
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private async ValueTask<ReadResult> ReadPipeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new LeaseWatchException(TransportErrors.From(e, target.ServerText));
        }
    }

    private TEvent? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return Parse(line.FirstSpan);
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)line.Length);
        try
        {
            line.CopyTo(rented);
            return Parse(rented.AsSpan(0, (int)line.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private TEvent? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            if (!Utf8.IsValid(line))
                throw new JsonException("an event is not UTF-8");
            string? type = ReadFrame(line, out ReadOnlySpan<byte> json);
            if (type == "ERROR")
            {
                ApiStatus status = JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.ApiStatus) ?? new ApiStatus();
                throw new LeaseWatchException(ApiErrors.From(status, "watch", target));
            }
            return json.SequenceEqual("null"u8) ? throw NoObject() : tell(type, json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Broken(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>
    /// Finds the two parts of an event, without reading the object: what that is depends on the type, which may come after it.
    /// </summary>
    /// <param name="line">One line.</param>
    /// <param name="found">The object.</param>
    /// <returns>The type.</returns>
    private static string? ReadFrame(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> found)
    {
        string? type = null;
        found = default;
        var json = new Utf8JsonReader(line);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an event is no object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = json.ValueTextEquals("type"u8);
            bool isObject = json.ValueTextEquals("object"u8);
            json.Read();
            if (isType)
                type = TypeOf(ref json);
            int start = (int)json.TokenStartIndex;
            json.Skip();
            if (isObject)
                found = line[start..(int)json.BytesConsumed];
        }

        // Throws: of two events in a line the second would be lost.
        json.Read();
        return found.IsEmpty ? throw NoObject() : type;
    }

    private static string? TypeOf(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && json.ValueTextEquals("MODIFIED"u8) ? "MODIFIED" : json.GetString();

    private static JsonException NoObject() => new("an event has no object");

    private LeaseWatchException Broken(string why, Exception? exception)
    {
        var error = new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, $"The watch of {target} broke: {Excerpt.Of(why)}.");
        return new LeaseWatchException(error with { Exception = exception });
    }
}
