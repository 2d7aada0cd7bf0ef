using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about partitions: ids 820-849. An id is never given to another message.</summary>
internal static partial class PartitionLog
{
    [LoggerMessage(EventId = 820, EventName = "PartitionsMoved", Level = LogLevel.Information,
        Message = "Partitions of lease {LeaseNamespace}/{LeaseName}: took over {TakenOver}; gave up {GivenUp}; {Held} of {Count} "
            + "are here now")]
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
        Message = "Not all replicas divide the work of lease {LeaseNamespace}/{LeaseName} into {Count} partitions, as this one "
            + "is told to: {LeastIdentity} into {Least}, {MostIdentity} into {Most}. They share out the fewest of them "
            + "meanwhile. Let the update finish, or give all of them the same LeaderElection:Partitions:Count")]
    public static partial void PartitionCountsDiffer(
        this ILogger logger, string leaseNamespace, string leaseName, int count, string leastIdentity, int least, string mostIdentity,
        int most);

    [LoggerMessage(EventId = 825, EventName = "PartitionCountsAgree", Level = LogLevel.Information,
        Message = "All replicas divide the work of lease {LeaseNamespace}/{LeaseName} into {Count} partitions now")]
    public static partial void PartitionCountsAgree(this ILogger logger, string leaseNamespace, string leaseName, int count);

    [LoggerMessage(EventId = 826, EventName = "PartitionCountChanged", Level = LogLevel.Information,
        Message = "The work of lease {LeaseNamespace}/{LeaseName} is divided into {To} partitions from now on, no longer into {From}")]
    public static partial void PartitionCountChanged(this ILogger logger, string leaseNamespace, string leaseName, int from, int to);

    [LoggerMessage(EventId = 827, EventName = "PartitionPassedOn", Level = LogLevel.Information,
        Message = "Partition {Partition} of lease {LeaseNamespace}/{LeaseName} was not taken by {HolderIdentity}, or not renewed: that "
            + "replica gets no more {Until}, and others take it")]
    public static partial void PartitionPassedOn(
        this ILogger logger, int partition, string leaseNamespace, string leaseName, string holderIdentity, string until);

    [LoggerMessage(EventId = 828, EventName = "PartitionWanted", Level = LogLevel.Debug,
        Message = "Standing for partition {Partition} of lease {LeaseNamespace}/{LeaseName}")]
    public static partial void PartitionWanted(this ILogger logger, int partition, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 829, EventName = "PartitionNotWanted", Level = LogLevel.Debug,
        Message = "Standing no more for partition {Partition} of lease {LeaseNamespace}/{LeaseName}")]
    public static partial void PartitionNotWanted(this ILogger logger, int partition, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 830, EventName = "PartitionWantedElsewhere", Level = LogLevel.Debug,
        Message = "Giving up partition {Partition} of lease {LeaseNamespace}/{LeaseName}: it is wanted of {HolderIdentity}")]
    public static partial void PartitionWantedElsewhere(
        this ILogger logger, int partition, string leaseNamespace, string leaseName, string holderIdentity);

    [LoggerMessage(EventId = 831, EventName = "PartitionsFailed", Level = LogLevel.Critical,
        Message = "The distribution of the partitions of lease {LeaseNamespace}/{LeaseName} ended by a bug: its work is stopped. Restart "
            + "this process, and report it")]
    public static partial void PartitionsFailed(
        this ILogger logger, string leaseNamespace, string leaseName, Exception exception);
}
