using System.Globalization;
using LeaseElection.Hosting.Leases.Files;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The leases of a namespace's folder that bear the label of one group. What a list or a watch told last is remembered, as a file that is
/// gone tells nobody that it was there.
/// </summary>
internal sealed class FileLeaseGroup(
    string directory, string leaseNamespace, string group, TimeProvider timeProvider, ILogger<FileLeaseStore> logger)
    : ILeaseGroup
{
    private readonly string _folder = Path.GetFullPath(Path.Combine(directory, leaseNamespace));
    private volatile ToldLeases _told = new("", new Dictionary<string, string>());

    public string Description => $"leases of {group} in {_folder}";

    public ILeaseStore Open(string leaseName, LeaseTraits traits) => Store(leaseName, traits.OfGroup(group));

    public async Task<LeaseGroupReply> ListAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of the pool, because a disk can hang for minutes and the caller has a deadline.
            Task<LeaseGroupReply.Found> listing = Task.Run(List, CancellationToken.None);
            _ = listing.ContinueWith( // Nobody looks at it any more if it fails too late.
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return await listing
                .WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new LeaseGroupReply.Failed(new LeaseStoreError(
                LeaseStoreErrorKind.Timeout,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_folder}: no answer from the file system within {timeout.TotalSeconds:0.#} s. The disk hangs.")));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new LeaseGroupReply.Failed(FileStoreException.Describe(e, _folder));
        }
    }

    public IAsyncEnumerable<LeaseGroupEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken)
    {
        ToldLeases told = _told;
        // From a version that was not told last, everything is told: what is there, and what was and is no more.
        IReadOnlyDictionary<string, string> versions = told.Version == resourceVersion
            ? told.Versions
            : told.Versions.ToDictionary(lease => lease.Key, _ => "");
        return new GroupFileWatch(new GroupScan(_folder, group, versions), newest => _told = newest, timeProvider, logger)
            .RunAsync(cancellationToken);
    }

    public Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout, CancellationToken cancellationToken) =>
        Store(leaseName, LeaseTraits.None).DeleteAsync(current, timeout, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FileLeaseStore Store(string leaseName, LeaseTraits traits) =>
        new(new LeasePaths(directory, leaseNamespace, leaseName), traits, timeProvider, logger);

    private LeaseGroupReply.Found List()
    {
        LeasePaths.MakeNamespaceFolder(_folder);
        var scan = new GroupScan(_folder, group, new Dictionary<string, string>());
        Dictionary<string, Lease> leases = scan.LookAtAll().OfType<LeaseGroupEvent.Changed>()
            .ToDictionary(found => found.Name, found => found.Lease);
        _told = scan.Told;
        return new LeaseGroupReply.Found(leases, scan.Told.Version);
    }
}
