using System.Threading.Channels;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Wakes a watch when its file changes. The slow poll behind the system's notifications is not a luxury: they get lost in an
/// overflowing queue, and do not exist for some mounts of a container.
/// </summary>
internal sealed class WakeSignal : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Without notifications the poll is all there is, and a hand-over waits for it.</summary>
    private static readonly TimeSpan BlindPollInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    // One token however many wakes: what was to be seen is in _pending.
    private readonly Channel<bool> _tokens =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly LeasePaths _paths;
    private readonly ILogger _logger;
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
    {
        _paths = paths;
        _logger = logger;
        _probe = timeProvider.CreateTimer(_ => Set(Wake.Probe), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _poll = timeProvider.CreateTimer(_ => Set(Wake.Poll), state: null, PollInterval, PollInterval);
        FileSystemWatcher? notifications = null;
        try
        {
            notifications = new FileSystemWatcher(paths.Folder, LeasePaths.LeaseFileName)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
            };
            notifications.Created += (_, _) => Set(Wake.Changed);
            notifications.Changed += (_, _) => Set(Wake.Changed);
            notifications.Renamed += (_, _) => Set(Wake.Changed);
            notifications.Deleted += (_, _) => Set(Wake.Changed);
            notifications.Error += (_, e) => GoBlind(e.GetException());
            (start ?? (static watcher => watcher.EnableRaisingEvents = true))(notifications);
            _notifications = notifications;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            notifications?.Dispose();
            GoBlind(e);
        }
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
        await _tokens.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (Wake)Interlocked.Exchange(ref _pending, (int)Wake.None);
    }

    public void Dispose()
    {
        _notifications?.Dispose();
        _probe.Dispose();
        _poll.Dispose();
    }

    private void Set(Wake reason)
    {
        // The reason first: a token without a reason costs one idle look, a reason without a token would be a change never seen.
        Interlocked.Or(ref _pending, (int)reason);
        _tokens.Writer.TryWrite(true);
    }

    private void GoBlind(Exception reason)
    {
        if (Interlocked.Exchange(ref _isBlind, 1) == 0)
        {
            FileStoreLog.PollsInsteadOfWatching(_logger, _paths.Lease, BlindPollInterval.TotalMilliseconds, reason.Message);
            _poll.Change(BlindPollInterval, BlindPollInterval);
        }
        Set(Wake.Changed);
    }
}
