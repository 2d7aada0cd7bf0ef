using System.Buffers;
using System.Net;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>How a request ended. Disposed of when it has been understood: then its body is gone.</summary>
internal abstract record ApiOutcome : IDisposable
{
    private ApiOutcome()
    {
    }

    public abstract void Dispose();

    /// <summary>The server answered.</summary>
    /// <param name="Status">Its status code.</param>
    /// <param name="Body">Its body; empty where that of a refusal could not be read, for the status says enough.</param>
    /// <param name="RetryAfter">How long it wants to be left alone.</param>
    public sealed record Answer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter) : ApiOutcome
    {
        private byte[]? _rented;

        /// <summary>With a body in an array of the shared pool, to which it goes back.</summary>
        public static Answer OfRented(HttpStatusCode status, ArraySegment<byte> body, TimeSpan? retryAfter) =>
            new(status, body, retryAfter) { _rented = body.Array };

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _rented, null) is { } rented)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>There was no answer, or none to be read to its end.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="MayHaveArrived">Whether the server may have carried the request out.</param>
    public sealed record NoAnswer(LeaseStoreError Error, bool MayHaveArrived) : ApiOutcome
    {
        public override void Dispose()
        {
        }
    }
}
