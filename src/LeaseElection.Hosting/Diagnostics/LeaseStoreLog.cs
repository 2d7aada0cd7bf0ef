using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about reaching the lease: ids 220-229. An id is never given to another message.</summary>
internal static partial class LeaseStoreLog
{
    [LoggerMessage(EventId = 220, EventName = "StoreFailed", Level = LogLevel.Warning,
        Message = "Cannot stand for lease {LeaseNamespace}/{LeaseName} at present; trying again and again. {Error}")]
    public static partial void StoreFailed(
        this ILogger logger, string leaseNamespace, string leaseName, string error, Exception? exception);

    [LoggerMessage(EventId = 221, EventName = "StoreFailedAgain", Level = LogLevel.Debug,
        Message = "Cannot stand for lease {LeaseNamespace}/{LeaseName}, {Failures} failures in a row. {Error}")]
    public static partial void StoreFailedAgain(
        this ILogger logger, string leaseNamespace, string leaseName, int failures, string error);

    [LoggerMessage(EventId = 222, EventName = "StoreRecovered", Level = LogLevel.Information,
        Message = "Reading and writing lease {LeaseNamespace}/{LeaseName} works again, after {Failures} failures")]
    public static partial void StoreRecovered(this ILogger logger, string leaseNamespace, string leaseName, int failures);

    [LoggerMessage(EventId = 223, EventName = "WatchDenied", Level = LogLevel.Warning,
        Message = "Polling lease {LeaseNamespace}/{LeaseName} every {Seconds} s, because it may not be watched: "
            + "hand-over takes that much longer. {Error}")]
    public static partial void WatchDenied(this ILogger logger, string leaseNamespace, string leaseName, double seconds, string error);

    [LoggerMessage(EventId = 224, EventName = "WatchRestored", Level = LogLevel.Information,
        Message = "lease {LeaseNamespace}/{LeaseName} may be watched again: no more polling")]
    public static partial void WatchRestored(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 225, EventName = "WatchLost", Level = LogLevel.Debug,
        Message = "The watch on lease {LeaseNamespace}/{LeaseName} is replaced: {Error}")]
    public static partial void WatchLost(this ILogger logger, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 226, EventName = "StoreThrew", Level = LogLevel.Error,
        Message = "A bug in the store of lease {LeaseNamespace}/{LeaseName}, taken for a failed request; please report it")]
    public static partial void StoreThrew(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
