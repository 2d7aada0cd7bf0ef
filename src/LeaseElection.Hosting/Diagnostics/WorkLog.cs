using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about the user's work: ids 300-399. An id is never given to another message.</summary>
internal static partial class WorkLog
{
    [LoggerMessage(EventId = 300, EventName = "WorkStarted", Level = LogLevel.Debug, Message = "{Work} starts")]
    public static partial void WorkStarted(this ILogger logger, string work);

    [LoggerMessage(EventId = 301, EventName = "WorkEnded", Level = LogLevel.Debug, Message = "{Work} has stopped")]
    public static partial void WorkEnded(this ILogger logger, string work);

    [LoggerMessage(EventId = 302, EventName = "WorkReturned", Level = LogLevel.Information,
        Message = "{Work} has returned although {Lease} is still held (LeaderElection:WhenWorkEnds decides what follows)")]
    public static partial void WorkReturned(this ILogger logger, string work, string lease);

    [LoggerMessage(EventId = 303, EventName = "WorkFaulted", Level = LogLevel.Error,
        Message = "{Work} failed while leading {Lease}; LeaderElection:WhenWorkEnds says {Policy}. Look at the exception: the work "
            + "should handle it or be mended")]
    public static partial void WorkFaulted(this ILogger logger, string work, string lease, WorkEndPolicy policy, Exception exception);

    [LoggerMessage(EventId = 304, EventName = "WorkFailedWhileStopping", Level = LogLevel.Warning,
        Message = "{Work} failed while it was stopping: look at the exception, it may have left something half done")]
    public static partial void WorkFailedWhileStopping(this ILogger logger, string work, Exception? exception);

    [LoggerMessage(EventId = 305, EventName = "WorkOverran", Level = LogLevel.Critical,
        Message = "Work still runs {Seconds} s after leadership of {Lease} was lost, and another process may lead now: {Work}. "
            + "LeaderElection:WhenWorkOverruns says {Policy}. It must return soon after its token fires, and check "
            + "LeadershipTerm.ThrowIfLost() before it writes")]
    public static partial void WorkOverran(this ILogger logger, double seconds, string lease, string work, WorkOverrunPolicy policy);

    [LoggerMessage(EventId = 306, EventName = "OverrunEnded", Level = LogLevel.Information,
        Message = "The work that had overrun {Lease} has ended")]
    public static partial void OverrunEnded(this ILogger logger, string lease);

    [LoggerMessage(EventId = 307, EventName = "StopCallbackFailed", Level = LogLevel.Warning,
        Message = "A callback that the app registered on the stopping token of a term threw; work was told to stop all the same. "
            + "Mend the callback")]
    public static partial void StopCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 308, EventName = "StopHost", Level = LogLevel.Critical,
        Message = "Stopping the host with a non-zero exit code because {Reason}. Whatever restarts it (the kubelet) gives it a fresh start; "
            + "see the messages before this one for the cause")]
    public static partial void StopHost(this ILogger logger, string reason);
}
