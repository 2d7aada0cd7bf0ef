using System.Net;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// The body of a write. It knows whether it was ever handed to a connection: if not, the write certainly did not happen, whatever the
/// exception says; from then on nobody knows. SocketsHttpHandler never sends a body a second time by itself (a test holds it to that): if
/// the first one had been carried out, the second would come back as a conflict with ourselves.
/// <para>
/// It knows, too, whether it is being read: SocketsHttpHandler gives no answer over HTTP/1.1 before it has sent all, but what an app puts
/// in its place may (ASP.NET Core's TestServer, or a handler that sends twice), and memory that is read must not be written again.
/// </para>
/// </summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private int _readers;

    public TrackedContent(ReadOnlyMemory<byte> body, string mediaType)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", mediaType);
    }

    public bool Sent { get; private set; }

    public bool IsBeingRead => Volatile.Read(ref _readers) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Sent = true;
        Interlocked.Increment(ref _readers);
        try
        {
            await stream.WriteAsync(_body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
