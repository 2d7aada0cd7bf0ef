using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Log messages about members: ids 810-819. An id is never given to another message. None of them concerns the election itself.
/// </summary>
internal static partial class MemberLog
{
    [LoggerMessage(EventId = 810, EventName = "PresenceNotWritten", Level = LogLevel.Warning,
        Message = "The other members of lease {LeaseNamespace}/{LeaseName} do not see this process, because its presence cannot "
            + "be written; the election goes on, and it is tried again and again. {Error}")]
    public static partial void PresenceNotWritten(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 811, EventName = "PresenceWritten", Level = LogLevel.Information,
        Message = "The other members of lease {LeaseNamespace}/{LeaseName} see this process again")]
    public static partial void PresenceWritten(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 812, EventName = "StalePresenceDeleted", Level = LogLevel.Information,
        Message = "Deleted lease {Presence}, by which a member of lease {LeaseNamespace}/{LeaseName} had not shown itself for an hour "
            + "({HolderIdentity})")]
    public static partial void StalePresenceDeleted(
        this ILogger logger, string presence, string leaseNamespace, string leaseName, string holderIdentity);

    [LoggerMessage(EventId = 813, EventName = "StalePresenceKept", Level = LogLevel.Information,
        Message = "Leases of former members of lease {LeaseNamespace}/{LeaseName} stay, because they may not be deleted; not "
            + "tried again before this process restarts. They do no harm; Kubernetes collects those of Pods that name themselves "
            + "(POD_NAME, POD_UID). {Error}")]
    public static partial void StalePresenceKept(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 814, EventName = "PresenceNotDeleted", Level = LogLevel.Debug,
        Message = "Lease {Presence}, of a former member of lease {LeaseNamespace}/{LeaseName}, could not be deleted. {Error}")]
    public static partial void PresenceNotDeleted(
        this ILogger logger, string presence, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 815, EventName = "HousekeepingFailed", Level = LogLevel.Error,
        Message = "A bug in the housekeeping of members of lease {LeaseNamespace}/{LeaseName}: leases of former members stay "
            + "until this process restarts; please report it")]
    public static partial void HousekeepingFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
