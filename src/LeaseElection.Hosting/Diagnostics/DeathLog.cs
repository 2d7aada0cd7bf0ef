using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Log messages about the proof that a holder's container has ended: ids 950-957. An id is never given to another message.
/// </summary>
internal static partial class DeathLog
{
    [LoggerMessage(EventId = 950, EventName = "HolderFollowed", Level = LogLevel.Debug,
        Message = "Watching pod {Pod} for the end of the container that {HolderIdentity} holds lease {LeaseNamespace}/{LeaseName} from")]
    public static partial void HolderFollowed(
        this ILogger logger, string pod, string holderIdentity, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 951, EventName = "HolderNotFollowed", Level = LogLevel.Warning,
        Message = "Pod {Pod} cannot be watched; trying again in {Seconds} s. If the leader of lease "
            + "{LeaseNamespace}/{LeaseName} crashes meanwhile, this process waits for the lease to run out, as without "
            + "Kubernetes:TakeOverFromTerminated. {Error}")]
    public static partial void HolderNotFollowed(
        this ILogger logger, string pod, double seconds, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 952, EventName = "HolderNotFollowedAgain", Level = LogLevel.Debug,
        Message = "Pod {Pod} could not be watched for lease {LeaseNamespace}/{LeaseName}. {Error}")]
    public static partial void HolderNotFollowedAgain(
        this ILogger logger, string pod, string leaseNamespace, string leaseName, string error);

    [LoggerMessage(EventId = 953, EventName = "HolderWatchRestored", Level = LogLevel.Information,
        Message = "The pods of leaders of lease {LeaseNamespace}/{LeaseName} can be watched again")]
    public static partial void HolderWatchRestored(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 954, EventName = "HolderContainerEnded", Level = LogLevel.Information,
        Message = "{HolderIdentity}, who holds lease {LeaseNamespace}/{LeaseName}, is dead: its container {Container} of pod "
            + "{Pod} ended at {FinishedAt:yyyy-MM-ddTHH:mm:ssZ}. Its lease need not run out")]
    public static partial void HolderContainerEnded(
        this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName, string container, string pod,
        DateTimeOffset finishedAt);

    [LoggerMessage(EventId = 955, EventName = "HolderNotProvenDead", Level = LogLevel.Debug,
        Message = "Nothing proves that {HolderIdentity}, who holds lease {LeaseNamespace}/{LeaseName}, is dead. Of pod {Pod}: {Why}")]
    public static partial void HolderNotProvenDead(
        this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName, string pod, string why);

    [LoggerMessage(EventId = 956, EventName = "HolderWatchFailed", Level = LogLevel.Error,
        Message = "A bug in LeaseElection.Hosting: no pod is watched any more for lease {LeaseNamespace}/{LeaseName} until its "
            + "leader changes. The election goes on. Please report this message")]
    public static partial void HolderWatchFailed(this ILogger logger, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 957, EventName = "HolderContainerUnknown", Level = LogLevel.Warning,
        Message = "A crash of {HolderIdentity}, who holds lease {LeaseNamespace}/{LeaseName}, cannot be told, and costs the time "
            + "of the lease, as without Kubernetes:TakeOverFromTerminated. Of pod {Pod}: {Why}. Set Kubernetes:ContainerName to "
            + "the name of the container that the process runs in, as in the Pod's spec, on all replicas")]
    public static partial void HolderContainerUnknown(
        this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName, string pod, string why);
}
