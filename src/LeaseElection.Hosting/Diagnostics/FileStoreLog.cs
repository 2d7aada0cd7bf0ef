using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>What the file store logs: ids 250 to 299.</summary>
internal static partial class FileStoreLog
{
    [LoggerMessage(250, LogLevel.Information,
        "The lease is the file {Path}: it elects between processes of this machine only",
        EventName = "ElectsOnThisMachineOnly")]
    public static partial void ElectsOnThisMachineOnly(ILogger logger, string path);

    [LoggerMessage(251, LogLevel.Warning,
        "{Path} cannot be watched, so it is read every {Interval} ms instead and a hand-over takes that much longer: {Reason}",
        EventName = "PollsInsteadOfWatching")]
    public static partial void PollsInsteadOfWatching(ILogger logger, string path, double interval, string reason);

    // How it was found out. That it was, the election tells.
    [LoggerMessage(252, LogLevel.Debug,
        "The process of {Holder}, which held {Path}, is gone: its lock on {AliveFile} is free",
        EventName = "HolderLockFree")]
    public static partial void HolderLockFree(ILogger logger, string holder, string path, string aliveFile);

    [LoggerMessage(253, LogLevel.Debug,
        "{Path} was not released, so the lock on {AliveFile} is kept until this process ends",
        EventName = "LockKept")]
    public static partial void LockKept(ILogger logger, string path, string aliveFile);
}
