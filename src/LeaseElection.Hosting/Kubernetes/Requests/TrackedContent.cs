using System.Net;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// The body of a write. It knows whether it was ever handed to a connection: if not, the write certainly did not happen, whatever the
/// exception says; from then on nobody knows. SocketsHttpHandler never sends a body a second time by itself (a test holds it to that): if
/// the first one had been carried out, the second would come back as a conflict with ourselves.
/// </summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;

    public TrackedContent(ReadOnlyMemory<byte> body, string mediaType)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", mediaType);
    }

    public bool Sent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Sent = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
