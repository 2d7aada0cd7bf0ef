using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// One watch of a lease file. It compares what is in the file with what it told last, so changes in quick succession are told as
/// one: the newest is all an elector needs.
/// </summary>
/// <remarks>For one run, which disposes it. The store's own alive file is never asked after: this process lives.</remarks>
internal sealed class LeaseFileWatch(
    LeasePaths paths, LeaseFile file, Func<string?> ownAliveFile, TimeProvider timeProvider, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan EditorPatience = TimeSpan.FromMilliseconds(200);

    private WakeSignal? _signal;
    private Task _looking = Task.CompletedTask;

    private bool _exists;
    private long _version;
    private bool _hasLooked;
    private long? _damagedSince;

    /// <summary>The mark of the version told last and what asks after its owner, until its death is told.</summary>
    private AliveMark? _mark;
    private AliveProbe? _probe;

    public async IAsyncEnumerable<LeaseEvent> RunAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _exists = resourceVersion.Length > 0;
        // A version that is none of ours (the store was another one yesterday) is older than all: what is there is told.
        _version = LeaseFile.TryParseVersion(resourceVersion, out long version) ? version : 0;
        try
        {
            // Listening before the first look: what changes in between is told by one of the two.
            _signal = await OnPoolAsync(Listen, cancellationToken).ConfigureAwait(false);
            Wake wake = Wake.Changed;
            while (true)
            {
                if ((wake & (Wake.Changed | Wake.Poll)) != Wake.None
                    && await OnPoolAsync(Look, cancellationToken).ConfigureAwait(false) is { } news)
                    yield return news;
                if (_probe is not null && await OnPoolAsync(Ask, cancellationToken).ConfigureAwait(false) is { } proof)
                    yield return proof;
                if (wake.HasFlag(Wake.Poll))
                    yield return new LeaseEvent.Bookmark(_version > 0 ? LeaseFile.Text(_version) : resourceVersion);
                // Notifications died with the folder. A new watch makes it again.
                if (!_exists && !Directory.Exists(paths.Folder))
                    yield break;
                _signal.Probes = _probe is not null;
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
        paths.MakeFolder();
        return _signal = new WakeSignal(paths, timeProvider, logger);
    }

    /// <summary>Reads the file and says what is new.</summary>
    private LeaseEvent? Look()
    {
        LeaseDocument? lease;
        try
        {
            lease = file.Read();
            _damagedSince = null;
        }
        catch (FileStoreException) when (IsDamageNew())
        {
            // The next poll at the latest looks again.
            return null;
        }

        if (lease is null)
        {
            AskAfter(null);
            if (!_exists)
                return null;
            _exists = false;
            return new LeaseEvent.Deleted(LeaseFile.Text(++_version)) { HasGaps = true };
        }

        long version = LeaseFile.VersionOf(lease);
        bool isNew = !_exists || version != _version;
        if (isNew || !_hasLooked)
            AskAfter(AliveMark.Of(lease));
        (_exists, _version, _hasLooked) = (true, version, true);
        return isNew ? new LeaseEvent.Changed(lease.ToLease()) { HasGaps = true } : null;
    }

    /// <summary>An editor that writes in place leaves half a file for an instant, which is no reason to break the watch.</summary>
    private bool IsDamageNew() =>
        timeProvider.GetElapsedTime(_damagedSince ??= timeProvider.GetTimestamp()) < EditorPatience;

    /// <summary>Asks whether the holder is gone. If so, the lease may have moved on meanwhile, and that is what is told then.</summary>
    private LeaseEvent? Ask()
    {
        if (!_probe!.OwnerIsGone())
            return null;
        if (Look() is { } news)
            return news;
        if (_mark is not { } mark)
            return null;
        FileStoreLog.HolderLockFree(logger, paths.LeaseNamespace, paths.LeaseName, mark.Holder, paths.Lease, mark.FileName);
        // Told once: the version does not change by being dead.
        AskAfter(null);
        return new LeaseEvent.HolderDead(LeaseFile.Text(_version));
    }

    private void AskAfter(AliveMark? mark)
    {
        _probe?.Dispose();
        _mark = mark?.FileName == ownAliveFile() ? null : mark;
        _probe = _mark is null ? null : new AliveProbe(Path.Combine(paths.Folder, _mark.FileName));
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
            throw new LeaseWatchException(FileStoreException.Describe(e, paths.Lease));
        }
    }

    private void CleanUp(Task looking)
    {
        // Seen, so that it does not turn up as an unobserved exception.
        _ = looking.Exception;
        _signal?.Dispose();
        _probe?.Dispose();
    }
}
