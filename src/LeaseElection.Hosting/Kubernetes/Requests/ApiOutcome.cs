using System.Net;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>How a request ended.</summary>
internal abstract record ApiOutcome
{
    private ApiOutcome()
    {
    }

    /// <summary>The server answered.</summary>
    /// <param name="Status">Its status code.</param>
    /// <param name="Body">Its body; empty where that of a refusal could not be read, for the status says enough.</param>
    /// <param name="RetryAfter">How long it wants to be left alone.</param>
    public sealed record Answer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter) : ApiOutcome;

    /// <summary>There was no answer, or none to be read to its end.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="MayHaveArrived">Whether the server may have carried the request out.</param>
    public sealed record NoAnswer(LeaseStoreError Error, bool MayHaveArrived) : ApiOutcome;
}
