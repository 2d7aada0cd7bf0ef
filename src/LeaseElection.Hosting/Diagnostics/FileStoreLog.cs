using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>What the file store logs: ids 250 to 299.</summary>
internal static partial class FileStoreLog
{
    [LoggerMessage(250, LogLevel.Information,
        "Lease {LeaseNamespace}/{LeaseName} is the file {Path}: it elects between processes of this machine only",
        EventName = "ElectsOnThisMachineOnly")]
    public static partial void ElectsOnThisMachineOnly(ILogger logger, string leaseNamespace, string leaseName, string path);

    [LoggerMessage(251, LogLevel.Warning,
        "{Path} cannot be watched for lease {LeaseNamespace}/{LeaseName}, so it is read every {Interval} ms instead and "
            + "a hand-over takes that much longer. Keep it on a local disk, or raise the system's limit of watches: {Reason}",
        EventName = "PollsInsteadOfWatching")]
    public static partial void PollsInsteadOfWatching(
        ILogger logger, string leaseNamespace, string leaseName, string path, double interval, string reason);

    // How it was found out. That it was, the election tells.
    [LoggerMessage(252, LogLevel.Debug,
        "The process of {HolderIdentity}, which held lease {LeaseNamespace}/{LeaseName} ({Path}), is gone: its lock on "
            + "{AliveFile} is free",
        EventName = "HolderLockFree")]
    public static partial void HolderLockFree(
        ILogger logger, string leaseNamespace, string leaseName, string holderIdentity, string path, string aliveFile);

    [LoggerMessage(253, LogLevel.Debug,
        "Lease {LeaseNamespace}/{LeaseName} ({Path}) was not released, so the lock on {AliveFile} is kept until this process "
            + "takes the lease again, or ends",
        EventName = "LockKept")]
    public static partial void LockKept(ILogger logger, string leaseNamespace, string leaseName, string path, string aliveFile);

    [LoggerMessage(254, LogLevel.Warning,
        "{Folder} cannot be watched for the leases of {Group}, so they are looked at every {Interval} ms instead and "
            + "a hand-over takes that much longer. Keep it on a local disk, or raise the system's limit of watches: {Reason}",
        EventName = "GroupPollsInsteadOfWatching")]
    public static partial void GroupPollsInsteadOfWatching(ILogger logger, string folder, string group, double interval, string reason);
}
