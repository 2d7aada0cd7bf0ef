using System.Buffers;
using System.Net;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// How a request ended. Disposed of when it has been understood: then its body is gone. No record, whose copy would give that back a second
/// time.
/// </summary>
internal abstract class ApiOutcome : IDisposable
{
    private ApiOutcome()
    {
    }

    public abstract void Dispose();

    /// <summary>The server answered.</summary>
    /// <param name="status">Its status code.</param>
    /// <param name="body">Its body; empty where that of a refusal could not be read, for the status says enough.</param>
    /// <param name="retryAfter">How long it wants to be left alone.</param>
    public sealed class Answer(HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter) : ApiOutcome
    {
        private byte[]? _rented;

        public HttpStatusCode Status { get; } = status;

        public ReadOnlyMemory<byte> Body { get; } = body;

        public TimeSpan? RetryAfter { get; } = retryAfter;

        /// <summary>
        /// Whether somebody still reads what was sent, although there is an answer: its memory is not to be written again.
        /// </summary>
        public bool IsSentStill { get; private init; }

        /// <summary>With a body in an array of the shared pool, to which it goes back.</summary>
        public static Answer OfRented(HttpStatusCode status, ArraySegment<byte> body, TimeSpan? retryAfter, bool isSentStill) =>
            new(status, body, retryAfter) { _rented = body.Array, IsSentStill = isSentStill };

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _rented, null) is { } rented)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>There was no answer, or none to be read to its end.</summary>
    /// <param name="error">Why.</param>
    /// <param name="mayHaveArrived">Whether the server may have carried the request out.</param>
    public sealed class NoAnswer(LeaseStoreError error, bool mayHaveArrived) : ApiOutcome
    {
        public LeaseStoreError Error { get; } = error;

        public bool MayHaveArrived { get; } = mayHaveArrived;

        public override void Dispose()
        {
        }
    }
}
