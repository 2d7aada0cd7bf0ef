using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// One watch of the files of a group: one listener and one timer for all of them, as <see cref="LeaseFileWatch"/> has for one.
/// </summary>
/// <remarks>For one run, which disposes it.</remarks>
internal sealed class GroupFileWatch(GroupScan scan, Action<ToldLeases> told, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);
    private readonly GroupProbes _probes = new(scan.Folder);
    private WakeSignal? _signal;
    private Task _looking = Task.CompletedTask;

    public async IAsyncEnumerable<LeaseGroupEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            // Listening before the first look: what changes in between is told by one of the two.
            _signal = await OnPoolAsync(Listen, cancellationToken).ConfigureAwait(false);
            Wake wake = Wake.Poll;
            while (true)
            {
                List<LeaseGroupEvent> news = await OnPoolAsync(() => Look(wake), cancellationToken).ConfigureAwait(false);
                foreach (LeaseGroupEvent happened in news)
                    yield return happened;
                if (news.Count > 0)
                    told(scan.Told);
                if (wake.HasFlag(Wake.Poll))
                    yield return new LeaseGroupEvent.Bookmark(scan.Told.Version);
                // Notifications died with the folder. A new watch makes it again.
                if (!Directory.Exists(scan.Folder))
                    yield break;
                _signal.Probes = !_probes.IsEmpty;
                wake = await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>A look that hangs on its disk is left behind, and cleans up should it ever come back.</summary>
    public void Dispose() => _ = _looking.ContinueWith(
        CleanUp, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private WakeSignal Listen()
    {
        LeasePaths.MakeNamespaceFolder(scan.Folder);
        return _signal = new WakeSignal(
            () => new FileSystemWatcher(scan.Folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
            },
            Concerns,
            (interval, reason) => FileStoreLog.GroupPollsInsteadOfWatching(
                logger, scan.Folder, scan.Group, interval.TotalMilliseconds, reason),
            timeProvider);
    }

    /// <summary>The folder of a lease, new or gone, or the lease in it; not the lock beside it, which every write touches.</summary>
    private bool Concerns(string? path)
    {
        string[] parts = path?.Split(Path.DirectorySeparatorChar) ?? [];
        if (parts is not ([_] or [_, LeasePaths.LeaseFileName]))
            return false;
        _changed[parts[0]] = true;
        return true;
    }

    private List<LeaseGroupEvent> Look(Wake wake)
    {
        List<LeaseGroupEvent> news = [];
        string[] changed = [.. _changed.Keys];
        foreach (string name in changed)
        {
            // First, so that a change during the look is looked at again.
            _changed.TryRemove(name, out _);
            Look(name, news);
        }
        // Without notifications it is a change of nobody.
        if (wake.HasFlag(Wake.Poll) || (wake.HasFlag(Wake.Changed) && changed.Length == 0))
            news.AddRange(scan.LookAtAll());
        _probes.AskAfter(scan.Marks);
        foreach ((string name, AliveMark mark) in _probes.FindDead(scan.VersionOf))
        {
            // The lease may have moved on meanwhile, and that is what is told then.
            if (Look(name, news) || scan.VersionOf(name) is not { } version)
                continue;
            FileStoreLog.HolderLockFree(
                logger, Path.GetFileName(scan.Folder), name, mark.Holder, Path.Combine(scan.Folder, name, LeasePaths.LeaseFileName),
                mark.FileName);
            _probes.ToldDead(name, version);
            news.Add(new LeaseGroupEvent.HolderDead(name, version));
        }
        return news;
    }

    private bool Look(string name, List<LeaseGroupEvent> news)
    {
        if (scan.Look(name) is not { } found)
            return false;
        news.Add(found);
        return true;
    }

    /// <summary>Off the caller's thread, which must be able to go when the disk hangs.</summary>
    private async Task<T> OnPoolAsync<T>(Func<T> look, CancellationToken cancellationToken)
    {
        Task<T> looking = Task.Run(look, CancellationToken.None);
        _looking = looking;
        try
        {
            return await looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LeaseWatchException(FileStoreException.Describe(e, scan.Folder));
        }
    }

    private void CleanUp(Task looking)
    {
        // Seen, so that it does not turn up as an unobserved exception.
        _ = looking.Exception;
        _signal?.Dispose();
        _probes.Dispose();
    }
}
