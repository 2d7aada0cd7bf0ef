using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about the leases of a group, seen all at once: ids 800-809. An id is never given to another message.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(EventId = 800, EventName = "GroupWatchDenied", Level = LogLevel.Warning,
        Message = "Listing the leases of members and partitions of {LeaseNamespace}/{LeaseName} every {Seconds} s, because they may not be "
            + "watched: changes are seen that much later. {Error}")]
    public static partial void GroupWatchDenied(this ILogger logger, string leaseNamespace, string leaseName, double seconds, string error);

    [LoggerMessage(EventId = 801, EventName = "GroupWatchRestored", Level = LogLevel.Information,
        Message = "The leases of members and partitions of {LeaseNamespace}/{LeaseName} may be watched again: no more listing")]
    public static partial void GroupWatchRestored(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 802, EventName = "GroupWatchLost", Level = LogLevel.Debug,
        Message = "The watch on the leases of members and partitions of {LeaseNamespace}/{LeaseName} is replaced: {Error}")]
    public static partial void GroupWatchLost(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 803, EventName = "GroupListFailed", Level = LogLevel.Warning,
        Message = "The leases of members and partitions of {LeaseNamespace}/{LeaseName} cannot be listed at present: who else is "
            + "here is not known until they can, which is tried again and again. {Error}")]
    public static partial void GroupListFailed(
        this ILogger logger, string leaseNamespace, string leaseName, string error, Exception? exception);

    [LoggerMessage(EventId = 804, EventName = "GroupListFailedAgain", Level = LogLevel.Debug,
        Message = "The leases of members and partitions of {LeaseNamespace}/{LeaseName} cannot be listed, {Failures} failures in "
            + "a row. {Error}")]
    public static partial void GroupListFailedAgain(
        this ILogger logger, string leaseNamespace, string leaseName, int failures, string error);

    [LoggerMessage(EventId = 805, EventName = "GroupListRecovered", Level = LogLevel.Information,
        Message = "Listing the leases of members and partitions of {LeaseNamespace}/{LeaseName} works again, after {Failures} failures")]
    public static partial void GroupListRecovered(this ILogger logger, string leaseNamespace, string leaseName, int failures);

    [LoggerMessage(EventId = 806, EventName = "GroupThrew", Level = LogLevel.Error,
        Message = "A bug in the store of the leases of members and partitions of {LeaseNamespace}/{LeaseName}, taken for a "
            + "failed request; please report it")]
    public static partial void GroupThrew(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 807, EventName = "GroupLoopFailed", Level = LogLevel.Critical,
        Message = "Following the leases of members and partitions of {LeaseNamespace}/{LeaseName} ended by a bug in "
            + "LeaseElection.Hosting: this process does not see any more who is here. Restart it and report this message")]
    public static partial void GroupLoopFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
