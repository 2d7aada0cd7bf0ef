using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Log messages about what work does before its term, when that is in danger, and when work is: ids 880-889. An id is never given to
/// another message.
/// </summary>
internal static partial class WarmStandbyLog
{
    [LoggerMessage(EventId = 880, EventName = "TermInDanger", Level = LogLevel.Warning,
        Message = "The term of lease {LeaseNamespace}/{LeaseName} is in danger: it ends in {Seconds} s unless a renewal succeeds, and work "
            + "that listens to LeadershipTerm.InDanger saves what it has done. See the failure before this; look at what keeps the lease "
            + "and at the network to it")]
    public static partial void TermInDanger(this ILogger logger, string leaseNamespace, string leaseName, double seconds);

    [LoggerMessage(EventId = 881, EventName = "DangerCallbackFailed", Level = LogLevel.Warning,
        Message = "A callback that the app registered on LeadershipTerm.InDanger of lease {LeaseNamespace}/{LeaseName} threw; the term "
            + "goes on. Mend the callback: what it was to save may not be saved")]
    public static partial void DangerCallbackFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 882, EventName = "WorkPrepared", Level = LogLevel.Debug,
        Message = "{Work} is prepared for a term of lease {LeaseNamespace}/{LeaseName}")]
    public static partial void WorkPrepared(this ILogger logger, string work, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 883, EventName = "PreparationFailed", Level = LogLevel.Warning,
        Message = "{Work} could not be prepared for a term of lease {LeaseNamespace}/{LeaseName}; it is tried again in {Seconds} s, and at "
            + "the latest when a term begins, where the failure is that of the work. Look at the exception: mend what PrepareAsync needs")]
    public static partial void PreparationFailed(
        this ILogger logger, string work, string leaseNamespace, string leaseName, double seconds, Exception exception);

    [LoggerMessage(EventId = 884, EventName = "PreparationFailedAgain", Level = LogLevel.Debug,
        Message = "{Work} could not be prepared for a term of lease {LeaseNamespace}/{LeaseName}, {Count} times in a row; it is tried "
            + "again in {Seconds} s")]
    public static partial void PreparationFailedAgain(
        this ILogger logger, string work, string leaseNamespace, string leaseName, int count, double seconds, Exception exception);

    [LoggerMessage(EventId = 885, EventName = "PreparationAwaited", Level = LogLevel.Information,
        Message = "Lease {LeaseNamespace}/{LeaseName} is held, and {Work} begins when its PrepareAsync, which still runs, has ended")]
    public static partial void PreparationAwaited(this ILogger logger, string work, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 886, EventName = "PreparationOverran", Level = LogLevel.Warning,
        Message = "PrepareAsync of {Work} still runs {Seconds} s after it was told to stop, and the election of lease "
            + "{LeaseNamespace}/{LeaseName} ends without it. It must return soon after its token fires: pass that on to what it awaits")]
    public static partial void PreparationOverran(
        this ILogger logger, string work, double seconds, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 887, EventName = "LeadersDied", Level = LogLevel.Warning,
        Message = "Lease {LeaseNamespace}/{LeaseName} was taken over {Count} times in a row from a leader that gave nothing up, at last by "
            + "{HolderIdentity}: the work seems to kill whoever leads. Look at how the last leaders ended (exit codes, out of memory, "
            + "their last log lines), and mend that. {Next}")]
    public static partial void LeadersDied(
        this ILogger logger, string leaseNamespace, string leaseName, int count, string holderIdentity, string next);
}
