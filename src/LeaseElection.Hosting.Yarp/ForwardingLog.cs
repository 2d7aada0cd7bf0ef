using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>Log messages about forwarding: ids 920-929. An id is never given to another message.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(EventId = 920, EventName = "ForwardingFailed", Level = LogLevel.Warning,
        Message = "A request for {Path} could not be forwarded to the holder of lease {LeaseNamespace}/{LeaseName} at {Endpoint}: {Error}. "
            + "During a hand-over that is normal. If it goes on, see whether Pods reach each other there (PublishEndpoint, NetworkPolicy, "
            + "certificates); RequestCreation is a mistake in the transformer: see the exception")]
    public static partial void ForwardingFailed(
        this ILogger logger,
        string leaseNamespace,
        string leaseName,
        PathString path,
        Uri endpoint,
        ForwarderError error,
        Exception? exception);

    [LoggerMessage(EventId = 921, EventName = "ForwardingFailedAgain", Level = LogLevel.Debug,
        Message = "A further request, for {Path}, could not be forwarded to the holder of lease {LeaseNamespace}/{LeaseName} at "
            + "{Endpoint}: {Error}")]
    public static partial void ForwardingFailedAgain(
        this ILogger logger,
        string leaseNamespace,
        string leaseName,
        PathString path,
        Uri endpoint,
        ForwarderError error,
        Exception? exception);
}
