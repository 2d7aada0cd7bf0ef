using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>Log messages about forwarding: ids 920-929. An id is never given to another message.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(EventId = 920, EventName = "ForwardingFailed", Level = LogLevel.Warning,
        Message = "A request for {Path} could not be forwarded to {HolderIdentity}, which leads, at {Endpoint}: {Error}. If it goes on, see whether Pods "
            + "reach each other at that address (PublishEndpoint, NetworkPolicy, certificates); during a hand-over it is normal")]
    public static partial void ForwardingFailed(
        this ILogger logger, PathString path, string holderIdentity, Uri endpoint, ForwarderError error, Exception? exception);
}
