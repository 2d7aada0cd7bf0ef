using System.Globalization;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Leases.Files;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Keeps the lease in a file, for processes of one machine (design 7). A write compares and swaps under an exclusive lock and
/// replaces the file by a rename: a process killed at any instant leaves the old version or the new one, and no lock.
/// </summary>
internal sealed class FileLeaseStore : ILeaseStore
{
    private readonly LeasePaths _paths;
    private readonly LeaseFile _file;
    private readonly LeaseTraits _traits;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<FileLeaseStore> _logger;

    private volatile AliveFile? _alive;

    /// <summary>Whether the lease may name <see cref="_alive"/>: from before the rename that does until one that does not.</summary>
    private volatile bool _isNamed;

    /// <summary>The lease of an election.</summary>
    public FileLeaseStore(
        string directory, string leaseNamespace, string leaseName, TimeProvider timeProvider, ILogger<FileLeaseStore> logger)
        : this(new LeasePaths(directory, leaseNamespace, leaseName), LeaseTraits.None, timeProvider, logger) =>
        FileStoreLog.ElectsOnThisMachineOnly(logger, _paths.LeaseNamespace, _paths.LeaseName, _paths.Lease);

    /// <summary>One of many, of which it is said once and for all where they are.</summary>
    /// <param name="paths">Its files.</param>
    /// <param name="traits">What it bears beside its record.</param>
    /// <param name="timeProvider">Times the requests, and dates what is written.</param>
    /// <param name="logger">Is told what cannot be told by an answer.</param>
    public FileLeaseStore(LeasePaths paths, LeaseTraits traits, TimeProvider timeProvider, ILogger<FileLeaseStore> logger)
    {
        _paths = paths;
        _file = new LeaseFile(paths);
        _traits = traits with { Owner = null };
        _timeProvider = timeProvider;
        _logger = logger;
        Description = $"lease {paths.LeaseNamespace}/{paths.LeaseName} in {paths.Lease}";
    }

    public string Description { get; }

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync((_, _) => Task.FromResult(Read()), timeout, cancellationToken);

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync((attempt, abandoned) => WriteAsync(expected: null, write, attempt, abandoned), timeout, cancellationToken);

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync((attempt, abandoned) => WriteAsync(current, write, attempt, abandoned), timeout, cancellationToken);

    /// <summary>As <see cref="ILeaseGroup.DeleteAsync"/>.</summary>
    public Task<LeaseReply> DeleteAsync(Lease current, TimeSpan timeout, CancellationToken cancellationToken) =>
        RunAsync((attempt, abandoned) => DeleteAsync(current, attempt, abandoned), timeout, cancellationToken);

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        new LeaseFileWatch(_paths, _file, () => _alive?.Name, _timeProvider, _logger).RunAsync(resourceVersion, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_alive is not { } alive)
            return;
        if (_isNamed)
        {
            // Not released: work that did not stop in time may still run. Its lock is kept on purpose as long as the lease may name it, for
            // to give it up would prove to a standby that this process is dead.
            alive.Leave();
            FileStoreLog.LockKept(_logger, _paths.LeaseNamespace, _paths.LeaseName, _paths.Lease, alive.Name);
            return;
        }
        _alive = null;
        await Task.Run(alive.Close).ConfigureAwait(false);
    }

    /// <summary>
    /// Carries a request out on a thread of the pool, because a disk can hang for minutes and the caller has a deadline. When the
    /// time is up, the write is called off; only if its rename has begun does nobody know.
    /// </summary>
    private async Task<LeaseReply> RunAsync(
        Func<WriteAttempt, CancellationToken, Task<LeaseReply>> request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WriteAttempt attempt = new();
        using CancellationTokenSource abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken abandon = abandoned.Token; // Here already: a pool that is late would ask for it when it is disposed of.
        Task<LeaseReply> running = Task.Run(() => AnswerAsync(request, attempt, abandon), CancellationToken.None);
        try
        {
            return await running.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, _timeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            bool calledOff = attempt.TryAbandon();
            if (running.IsCompletedSuccessfully)
                return await running.ConfigureAwait(false);
            LeaseStoreError error = new(
                LeaseStoreErrorKind.Timeout,
                string.Create(
                    CultureInfo.InvariantCulture, $"{_paths.Lease}: no answer from the file system within {timeout.TotalSeconds:0.#} s. ")
                + $"Either the disk hangs, or another process holds {_paths.Lock} and is frozen (stopped, or at a breakpoint): let it go "
                + "on, or end it.");
            return calledOff ? new LeaseReply.Failed(error) : new LeaseReply.Unknown(error);
        }
        catch (OperationCanceledException)
        {
            // By itself it may not have heard of it yet, and would not any more: it would wait for the lock for ever, and then take it.
            await abandoned.CancelAsync().ConfigureAwait(false);
            attempt.TryAbandon();
            throw;
        }
    }

    private async Task<LeaseReply> AnswerAsync(
        Func<WriteAttempt, CancellationToken, Task<LeaseReply>> request, WriteAttempt attempt, CancellationToken abandoned)
    {
        try
        {
            _paths.MakeFolder();
            return await request(attempt, abandoned).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nothing of a write throws but what comes before its rename.
            return new LeaseReply.Failed(FileStoreException.Describe(e, _paths.Folder));
        }
    }

    private LeaseReply Read() => _file.Read() is { } document ? new LeaseReply.Found(document.ToLease()) : new LeaseReply.Absent();

    private async Task<LeaseReply> WriteAsync(Lease? expected, LeaseWrite write, WriteAttempt attempt, CancellationToken abandoned)
    {
        using FileLock taken = await FileLock.TakeAsync(_paths.Lock, _timeProvider, abandoned).ConfigureAwait(false);
        LeaseDocument? current = _file.Read();
        if (current is null && expected is not null)
            return new LeaseReply.Absent();
        if (current is not null && !IsVersion(current, expected))
            return new LeaseReply.Conflict();

        bool isFirst = _alive is null;
        AliveMark? mark = write.Record.HasHolder
            ? new AliveMark((_alive ??= AliveFile.Create(_paths.Folder)).Name, write.Record.HolderIdentity!)
            : null;
        LeaseDocument next = (current ?? NewDocument()).With(write.Record);
        LeaseMetadata metadata = AliveMark.Put(mark, TraitsInMetadata.Put(_traits, next.Metadata!).Annotate(write.Annotations));
        next = _file.Prepare(next with { Metadata = metadata }, current, _timeProvider.GetUtcNow());

        bool wasNamed = _isNamed;
        // Before the rename: whoever disposes the store meanwhile must not give up a lock that a lease is about to name.
        _isNamed |= mark is not null;
        if (!attempt.TryCommit())
        {
            _isNamed = wasNamed;
            throw new OperationCanceledException(abandoned);
        }
        LeaseReply reply = Commit(next);
        if (reply is LeaseReply.Found)
        {
            _isNamed = mark is not null;
            if (mark is not null && isFirst)
                AliveFile.DeleteOrphans(_paths.Folder, mark.FileName);
        }
        return reply;
    }

    /// <summary>
    /// The lock stays, as a second file of that name would be a second lock; and with it the folder, which is empty otherwise.
    /// </summary>
    private async Task<LeaseReply> DeleteAsync(Lease current, WriteAttempt attempt, CancellationToken abandoned)
    {
        using FileLock taken = await FileLock.TakeAsync(_paths.Lock, _timeProvider, abandoned).ConfigureAwait(false);
        if (_file.Read() is not { } document)
            return new LeaseReply.Absent();
        if (!IsVersion(document, current))
            return new LeaseReply.Conflict();
        if (!attempt.TryCommit())
            throw new OperationCanceledException(abandoned);
        File.Delete(_paths.Lease);
        AliveFile.DeleteOrphans(_paths.Folder, named: null);
        return new LeaseReply.Absent();
    }

    /// <summary>Renames. When that fails, the file itself says whether it happened: nobody else can write while we have the lock.</summary>
    private LeaseReply Commit(LeaseDocument next)
    {
        try
        {
            _file.Commit();
            return new LeaseReply.Found(next.ToLease());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LeaseStoreError error = FileStoreException.Describe(e, _paths.Lease);
            try
            {
                return _file.Read() is { } found && IsVersion(found, next.ToLease())
                    ? new LeaseReply.Found(found.ToLease())
                    : new LeaseReply.Failed(error);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FileStoreException)
            {
                return new LeaseReply.Unknown(error);
            }
        }
    }

    private static bool IsVersion(LeaseDocument document, Lease? expected) =>
        expected is not null
        && expected.ResourceVersion == document.Metadata?.ResourceVersion
        && expected.Uid == (document.Metadata?.Uid ?? "");

    private LeaseDocument NewDocument() => new()
    {
        Metadata = new LeaseMetadata
        {
            Name = _paths.LeaseName,
            Namespace = _paths.LeaseNamespace,
            Uid = Guid.NewGuid().ToString(),
        },
    };
}
