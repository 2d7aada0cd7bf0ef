using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>Reads the events of a watch: one JSON object a line, however the network has cut them up.</summary>
internal sealed class LeaseWatchReader(Stream body, LeaseResource resource) : IAsyncDisposable
{
    private const int MaxLine = BoundedBody.MaxLength;

    private readonly PipeReader _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>
    /// How much of the line that has begun is known to hold no end: looked through once, not again for every byte that arrives.
    /// </summary>
    private long _searched;

    /// <returns>The next event, or <see langword="null"/> when the server has closed the watch in good order.</returns>
    /// <exception cref="LeaseWatchException">The watch broke, or the server reported an error in it.</exception>
    public async Task<LeaseEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await ReadPipeAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Slice(_searched).PositionOf((byte)'\n') is { } end)
            {
                _searched = 0;
                LeaseEvent? leaseEvent = Parse(buffer.Slice(0, end));
                _pipe.AdvanceTo(buffer.GetPosition(1, end));
                if (leaseEvent is not null)
                    return leaseEvent;
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
            throw new LeaseWatchException(TransportErrors.From(e, resource.ServerText));
        }
    }

    private LeaseEvent? Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            ReadOnlySpan<byte> text = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
            if (!Utf8.IsValid(text))
                throw new JsonException("an event is not UTF-8");
            var json = new Utf8JsonReader(text);
            WatchFrame frame = JsonSerializer.Deserialize(ref json, KubernetesJsonContext.Default.WatchFrame)
                ?? throw new JsonException("an event is null");
            // Throws: of two objects in a line the second would be lost.
            json.Read();
            if (frame.Type == "ERROR")
            {
                ApiStatus status = frame.Object.Deserialize(KubernetesJsonContext.Default.ApiStatus) ?? new ApiStatus();
                throw new LeaseWatchException(ApiErrors.From(status, "watch", resource));
            }
            LeaseDocument document = frame.Object.Deserialize(LeaseJsonContext.Default.LeaseDocument)
                ?? throw new JsonException("an event has no object");
            return ToEvent(frame.Type, document);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Broken(e.Message.TrimEnd('.'), e);
        }
    }

    private LeaseEvent? ToEvent(string? type, LeaseDocument document)
    {
        if (document.Metadata is not { ResourceVersion: { Length: > 0 } version } metadata)
            throw new JsonException("an event has no resourceVersion");
        if (type == "BOOKMARK")
            return new LeaseEvent.Bookmark(version);
        // A gateway that loses the field selector must not make another lease's holder ours.
        if (!resource.IsNamedBy(metadata))
            return null;
        // What is told here is what the next write names and what ends a term: it must be as complete as the answer to a read.
        if (!resource.Is(document))
            throw new JsonException("an event is not about a Lease");
        return type switch
        {
            "ADDED" or "MODIFIED" => new LeaseEvent.Changed(document.ToLease()),
            "DELETED" => new LeaseEvent.Deleted(version),
            // A type of the future: what matters is written to the lease, and that we would see.
            _ => null,
        };
    }

    private LeaseWatchException Broken(string why, Exception? exception) =>
        new(new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, $"The watch of {resource} broke: {Excerpt.Of(why)}.") { Exception = exception });
}
