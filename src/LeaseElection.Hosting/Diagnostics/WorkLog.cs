using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about the user's work: ids 300-399. An id is never given to another message.</summary>
internal static partial class WorkLog
{
    [LoggerMessage(EventId = 300, EventName = "WorkStarted", Level = LogLevel.Debug,
        Message = "{Work} starts for lease {LeaseNamespace}/{LeaseName}")]
    public static partial void WorkStarted(this ILogger logger, string work, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 301, EventName = "WorkEnded", Level = LogLevel.Debug,
        Message = "{Work} has stopped for lease {LeaseNamespace}/{LeaseName}")]
    public static partial void WorkEnded(this ILogger logger, string work, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 302, EventName = "WorkReturned", Level = LogLevel.Information,
        Message = "{Work} has returned although lease {LeaseNamespace}/{LeaseName} is still held "
            + "(LeaderElection:WhenWorkEnds decides what follows)")]
    public static partial void WorkReturned(this ILogger logger, string work, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 303, EventName = "WorkFaulted", Level = LogLevel.Error,
        Message = "{Work} failed while leading lease {LeaseNamespace}/{LeaseName}; LeaderElection:WhenWorkEnds says {Policy}. "
            + "Look at the exception: the work "
            + "should handle it or be mended")]
    public static partial void WorkFaulted(
        this ILogger logger, string work, string leaseNamespace, string leaseName, WorkEndPolicy policy, Exception exception);

    [LoggerMessage(EventId = 304, EventName = "WorkFailedWhileStopping", Level = LogLevel.Warning,
        Message = "{Work} failed while it was stopping for lease {LeaseNamespace}/{LeaseName}: look at the exception, "
            + "it may have left something half done")]
    public static partial void WorkFailedWhileStopping(
        this ILogger logger, string work, string leaseNamespace, string leaseName, Exception? exception);

    [LoggerMessage(EventId = 305, EventName = "WorkOverran", Level = LogLevel.Critical,
        Message = "Work still runs {Seconds} s after leadership of lease {LeaseNamespace}/{LeaseName} was lost, and another "
            + "process may lead now: {Work}. "
            + "LeaderElection:WhenWorkOverruns says {Policy}. It must return soon after its token fires, and check "
            + "LeadershipTerm.ThrowIfLost() before it writes")]
    public static partial void WorkOverran(
        this ILogger logger, double seconds, string leaseNamespace, string leaseName, string work, WorkOverrunPolicy policy);

    [LoggerMessage(EventId = 306, EventName = "OverrunEnded", Level = LogLevel.Information,
        Message = "The work that had overrun lease {LeaseNamespace}/{LeaseName} has ended")]
    public static partial void OverrunEnded(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 307, EventName = "StopCallbackFailed", Level = LogLevel.Warning,
        Message = "A callback that the app registered on the stopping token of a term of lease {LeaseNamespace}/{LeaseName} "
            + "threw; work was told to stop all the same. "
            + "Mend the callback")]
    public static partial void StopCallbackFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 308, EventName = "StopHost", Level = LogLevel.Critical,
        Message = "Stopping the host with a non-zero exit code because {Reason} (lease {LeaseNamespace}/{LeaseName}). Whatever "
            + "restarts it (the kubelet) gives it a fresh start; "
            + "see the messages before this one for the cause")]
    public static partial void StopHost(this ILogger logger, string reason, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 309, EventName = "HostStoppedByWork", Level = LogLevel.Warning,
        Message = "Work of lease {LeaseNamespace}/{LeaseName} seems to wait for the stop of its host, which waits for that work: other "
            + "services are stopped meanwhile. Call IHostApplicationLifetime.StopApplication() in work, and return when its token fires")]
    public static partial void HostStoppedByWork(this ILogger logger, string leaseNamespace, string leaseName);
}
