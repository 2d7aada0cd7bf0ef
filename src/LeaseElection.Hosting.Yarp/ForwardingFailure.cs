using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>What has become of a request that could not be forwarded.</summary>
internal static class ForwardingFailure
{
    /// <summary>Whether the client has gone, or sent what cannot be read: no leader would have changed that.</summary>
    public static bool IsOfClient(ForwarderError error, HttpContext context) =>
        context.RequestAborted.IsCancellationRequested
        || error is ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient
            or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient;

    /// <summary>
    /// Whether it may have been done matters to whoever sends it again: a request that never left is harmless, one that was
    /// cut off is not.
    /// </summary>
    public static string Describe(ForwarderError error, Exception? cause, string holder) =>
        error is ForwarderError.RequestCreation
        ? $"{holder} leads, and nothing was sent: this process could not make the request for it, and its log says why (920)."
        : WasNeverSent(error, cause) ? $"{holder} leads, and cannot be reached."
        : $"{holder} leads, and did not answer ({(error is ForwarderError.RequestTimedOut ? "it is silent" : "the connection broke")}): "
            + "the request may have been carried out.";

    private static bool WasNeverSent(ForwarderError error, Exception? cause) =>
        error is ForwarderError.NoAvailableDestinations
        || cause is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
        }
        || cause is OperationCanceledException { InnerException: TimeoutException } // As the handler tells of its ConnectTimeout.
        || cause is { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };
}
