using System.Net.Sockets;
using LeaseElection.Hosting.AspNetCore;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>What is answered when the leader cannot.</summary>
internal static class Refusal
{
    /// <summary>503, with <c>Retry-After</c>: the next request may find a leader.</summary>
    public static Task WriteAsync(HttpContext context, ILeaderElection election, string detail) =>
        StandbyProblem.WriteAsync(context, election, detail);

    /// <summary>
    /// Whether it may have been done matters to whoever sends it again: a request that never left is harmless, one that was
    /// cut off is not.
    /// </summary>
    public static string Of(ForwarderError error, Exception? cause, string holder) =>
        NeverSent(error, cause)
            ? $"{holder} leads, and cannot be reached."
            : $"{holder} leads, and did not answer ({error}): the request may have been carried out.";

    private static bool NeverSent(ForwarderError error, Exception? cause) =>
        error is ForwarderError.NoAvailableDestinations
        || cause is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        }
        || cause is { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };
}
