using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about partitions: ids 820-849. An id is never given to another message.</summary>
internal static partial class PartitionLog
{
    [LoggerMessage(EventId = 820, EventName = "PartitionsMoved", Level = LogLevel.Information,
        Message = "Partitions of lease {LeaseNamespace}/{LeaseName}: took over {TakenOver}; gave up {GivenUp}; {Held} of {Count} are here now")]
    public static partial void PartitionsMoved(
        this ILogger logger, string leaseNamespace, string leaseName, string takenOver, string givenUp, int held, int count);

    [LoggerMessage(EventId = 821, EventName = "PartitionsUnowned", Level = LogLevel.Warning,
        Message = "Nobody has owned partitions {Partitions} of lease {LeaseNamespace}/{LeaseName} for longer than a lease lasts "
            + "({Seconds} s). See the messages before this one, here and on the other replicas, for why nobody takes them over")]
    public static partial void PartitionsUnowned(
        this ILogger logger, string partitions, string leaseNamespace, string leaseName, double seconds);

    [LoggerMessage(EventId = 822, EventName = "PartitionsOwned", Level = LogLevel.Information,
        Message = "All partitions of lease {LeaseNamespace}/{LeaseName} have an owner again")]
    public static partial void PartitionsOwned(this ILogger logger, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 823, EventName = "PartitionLeaseTaken", Level = LogLevel.Warning,
        Message = "Partition {Partition} of lease {LeaseNamespace}/{LeaseName} has no owner: its lease {PartitionLease} is held by "
            + "{HolderIdentity}, which is nobody of ours, since it lacks the label {Label}. Rename LeaderElection:LeaseName, or whatever "
            + "else uses that name; if nothing does, delete that lease")]
    public static partial void PartitionLeaseTaken(
        this ILogger logger, int partition, string leaseNamespace, string leaseName, string partitionLease, string holderIdentity,
        string label);

    [LoggerMessage(EventId = 824, EventName = "PartitionCountsDiffer", Level = LogLevel.Warning,
        Message = "Replica {HolderIdentity} divides the work of lease {LeaseNamespace}/{LeaseName} into {OtherCount} partitions, this one "
            + "into {Count}: until they agree two of them may work on one key at once. Let the update finish; to change the number "
            + "without that, stop all replicas first")]
    public static partial void PartitionCountsDiffer(
        this ILogger logger, string holderIdentity, string leaseNamespace, string leaseName, int otherCount, int count);

    [LoggerMessage(EventId = 825, EventName = "PartitionCountsAgree", Level = LogLevel.Information,
        Message = "All replicas divide the work of lease {LeaseNamespace}/{LeaseName} into {Count} partitions now")]
    public static partial void PartitionCountsAgree(this ILogger logger, string leaseNamespace, string leaseName, int count);

    [LoggerMessage(EventId = 826, EventName = "PartitionAsked", Level = LogLevel.Debug,
        Message = "Partition {Partition} of lease {LeaseNamespace}/{LeaseName}: {Step}")]
    public static partial void PartitionAsked(
        this ILogger logger, int partition, string leaseNamespace, string leaseName, string step);

    [LoggerMessage(EventId = 827, EventName = "PartitionsFailed", Level = LogLevel.Critical,
        Message = "The distribution of the partitions of lease {LeaseNamespace}/{LeaseName} ended by a bug: its work is stopped. Restart "
            + "this process, and report it")]
    public static partial void PartitionsFailed(
        this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
