using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about a thread pool that has no thread: ids 890-899. An id is never given to another message.</summary>
internal static partial class RescueLog
{
    [LoggerMessage(EventId = 890, EventName = "PoolStarved", Level = LogLevel.Warning,
        Message = "The thread pool of this process has no thread to spare: leases are renewed on a thread of their own, unless it does not "
            + "move at all for {Longest} s. Something blocks the pool's threads (.Result, .Wait(), Thread.Sleep, synchronous I/O): find "
            + "it with 'dotnet-stack report' or the metric dotnet.thread_pool.queue.length and make it asynchronous; until then "
            + "ThreadPool.SetMinThreads helps")]
    public static partial void PoolStarved(this ILogger logger, double longest);

    [LoggerMessage(EventId = 891, EventName = "PoolRecovered", Level = LogLevel.Information,
        Message = "The thread pool of this process works again after {Seconds} s; leases are renewed on it")]
    public static partial void PoolRecovered(this ILogger logger, double seconds);

    [LoggerMessage(EventId = 892, EventName = "PoolRescueEnded", Level = LogLevel.Error,
        Message = "The thread pool of this process has had no thread for {Longest} s, which looks like a deadlock: leases are not renewed "
            + "until it works again, so that another process can lead. Take a dump (dotnet-dump collect), look what its threads wait for, "
            + "and restart the process")]
    public static partial void PoolRescueEnded(this ILogger logger, double longest);
}
