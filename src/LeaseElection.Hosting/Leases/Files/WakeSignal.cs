using System.Threading.Channels;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Wakes a watch when its file changes, or one of many. The poll behind the system's notifications is not a luxury: they get lost in an
/// overflowing queue, and do not exist for some mounts of a container.
/// </summary>
internal sealed class WakeSignal : IDisposable
{
    /// <summary>
    /// Shorter than the silence (two renewal intervals) after which the elector takes a watch for dead, down to a lease of a second;
    /// and without notifications all there is, so that a hand-over waits for it. To read the file takes some 50 microseconds.
    /// </summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    // One token however many wakes: what was to be seen is in _pending.
    private readonly Channel<bool> _tokens =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Action<TimeSpan, string> _goneBlind;
    private readonly ITimer _poll;
    private readonly ITimer _probe;
    private readonly FileSystemWatcher? _notifications;
    private int _pending;
    private int _isBlind;

    /// <param name="paths">The lease to listen to; its folder exists.</param>
    /// <param name="timeProvider">Paces polls and probes.</param>
    /// <param name="logger">Is told when there are no notifications.</param>
    /// <param name="start">Starts the notifications; a test's own, to be a machine that has none left to give.</param>
    public WakeSignal(LeasePaths paths, TimeProvider timeProvider, ILogger logger, Action<FileSystemWatcher>? start = null)
        : this(
            () => new FileSystemWatcher(paths.Folder, LeasePaths.LeaseFileName)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
            },
            static _ => true,
            (interval, reason) => FileStoreLog.PollsInsteadOfWatching(
                logger, paths.LeaseNamespace, paths.LeaseName, paths.Lease, interval.TotalMilliseconds, reason),
            timeProvider,
            start)
    {
    }

    /// <param name="listen">Makes what listens to the file system.</param>
    /// <param name="concerns">Whether a change of this name is to wake.</param>
    /// <param name="goneBlind">Is told the interval of the poll, and why it is all there is.</param>
    /// <param name="timeProvider">Paces polls and probes.</param>
    /// <param name="start">Starts the notifications.</param>
    public WakeSignal(
        Func<FileSystemWatcher> listen, Func<string?, bool> concerns, Action<TimeSpan, string> goneBlind, TimeProvider timeProvider,
        Action<FileSystemWatcher>? start = null)
    {
        _goneBlind = goneBlind;
        FileSystemWatcher? notifications = null;
        try
        {
            notifications = listen();
            FileSystemEventHandler changed = (_, e) =>
            {
                if (concerns(e.Name))
                    Set(Wake.Changed);
            };
            notifications.Created += changed;
            notifications.Changed += changed;
            notifications.Renamed += (sender, e) => changed(sender, e);
            notifications.Deleted += changed;
            notifications.Error += (_, e) => GoBlind(e.GetException());
            (start ?? (static watcher => watcher.EnableRaisingEvents = true))(notifications);
            _notifications = notifications;
        }
        // An argument is wrong where the folder has gone since it was made.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentException)
        {
            notifications?.Dispose();
            GoBlind(e);
        }
        _probe = timeProvider.CreateTimer(_ => Set(Wake.Probe), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _poll = timeProvider.CreateTimer(_ => Set(Wake.Poll), state: null, PollInterval, PollInterval);
    }

    /// <summary>Whether to wake for <see cref="Wake.Probe"/>.</summary>
    public bool Probes
    {
        set
        {
            TimeSpan interval = value ? ProbeInterval : Timeout.InfiniteTimeSpan;
            _probe.Change(interval, interval);
        }
    }

    /// <summary>Waits until there is a reason to wake, and tells all there are.</summary>
    public async ValueTask<Wake> WaitAsync(CancellationToken cancellationToken)
    {
        Wake reasons;
        do
        {
            await _tokens.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            reasons = (Wake)Interlocked.Exchange(ref _pending, (int)Wake.None);
        }
        while (reasons == Wake.None);
        return reasons;
    }

    public void Dispose()
    {
        _notifications?.Dispose();
        _probe.Dispose();
        _poll.Dispose();
    }

    private void Set(Wake reason)
    {
        // The reason first: a token without a reason is passed over, a reason without a token would be a change never seen.
        Interlocked.Or(ref _pending, (int)reason);
        _tokens.Writer.TryWrite(true);
    }

    private void GoBlind(Exception reason)
    {
        if (Interlocked.Exchange(ref _isBlind, 1) == 0)
            _goneBlind(PollInterval, reason.Message);
        Set(Wake.Changed);
    }
}
