using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about leases that are held for a while: ids 850-869. An id is never given to another message.</summary>
internal static partial class LeaseBrokerLog
{
    [LoggerMessage(EventId = 850, EventName = "LeaseNotTaken", Level = LogLevel.Debug,
        Message = "Did not get lease {LeaseNamespace}/{LeaseName} within {Milliseconds} ms ({Outcome})")]
    public static partial void LeaseNotTaken(
        this ILogger logger, string leaseNamespace, string leaseName, double milliseconds, string outcome);

    [LoggerMessage(EventId = 851, EventName = "LostLeaseInUse", Level = LogLevel.Warning,
        Message = "Lease {LeaseNamespace}/{LeaseName} was lost {Seconds} s ago and whoever held it has not disposed of it, "
            + "although another process may hold it now. What it guards must stop when LeadershipTerm.Lost (HandleLostToken of a "
            + "lock) fires, and check the fencing token before it writes")]
    public static partial void LostLeaseInUse(this ILogger logger, string leaseNamespace, string leaseName, double seconds);

    [LoggerMessage(EventId = 852, EventName = "LeaseAbandoned", Level = LogLevel.Warning,
        Message = "Lease {LeaseNamespace}/{LeaseName} was abandoned: it is not renewed any more and runs out within {Seconds} s; "
            + "until then nobody gets it. Dispose of what holds a lease (await using), before its service provider goes")]
    public static partial void LeaseAbandoned(this ILogger logger, string leaseNamespace, string leaseName, double seconds);
}
