using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>Ids 500-599: requests.</summary>
internal static partial class EndpointLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Stepping down from election {Election} (lease {LeaseNamespace}/{LeaseName}), as {User} asked from {RemoteAddress}",
        EventName = "StepDownAsked")]
    public static partial void StepDownAsked(
        this ILogger logger, string election, string leaseNamespace, string leaseName, string user, string remoteAddress);
}
