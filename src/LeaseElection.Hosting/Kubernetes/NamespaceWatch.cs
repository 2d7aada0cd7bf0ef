using System.Runtime.CompilerServices;
using System.Text.Json;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>
/// One watch on all leases of a namespace, for elections that are too many to have one each. Older API servers (1.20) offer every change of
/// a lease to every watch on leases, whatever its selector: hundreds of watches on hundreds of leases cost them their product, and under
/// that load they close them as too slow, again and again. Newer ones look for those that a name concerns, but hold a stream for each too.
/// </summary>
/// <remarks>
/// It is open while somebody reads, begins at the oldest version that a reader knows, and goes on at the version it has come to when the
/// server ends it in good order. When it breaks, all readers are told, read their leases and come back. Where it is refused, which rights
/// by <c>resourceNames</c> do, each has its own again, and it is tried again later.
/// </remarks>
/// <param name="client">Opens it.</param>
/// <param name="resource">The namespace.</param>
/// <param name="mostOwnWatches">So few leases are better off with a watch each.</param>
/// <param name="timeProvider">Says when it has been silent for too long.</param>
/// <param name="logger">Is told where it is not to be had.</param>
internal sealed class NamespaceWatch(
    ApiServerClient client, NamespaceResource resource, int mostOwnWatches, TimeProvider timeProvider, ILogger logger)
    : IDisposable
{
    /// <summary>
    /// So many leases of others in the namespace, for each of ours, and what they tell is more than what is gained.
    /// </summary>
    private const int MostOthers = 4;

    /// <summary>Whoever comes back after such a silence may have left because of it: what is silent is opened anew.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longer than its opening may take. A server that is slow to open watches would else never get it done, and all would read instead.
    /// </summary>
    private static readonly TimeSpan OpeningLimit = WatchRun.OpenTimeout + TimeSpan.FromSeconds(1);

    /// <summary>
    /// Twice as long each time, up to ten minutes. A server that has only just started refuses everybody until it has read what it granted,
    /// which takes seconds. Who is refused for good is asked little more by it: the first that opens his own watch anew, as all do every
    /// five minutes, is told for all.
    /// </summary>
    private static readonly TimeSpan FirstRefusal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LeaseResource> _ours = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeaseEvent> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NamespaceWatchReader> _readers = new(StringComparer.Ordinal);
    private CancellationTokenSource? _run;
    private string? _from;
    private string? _version;
    private long _heardAt;
    private bool _hasHeard;
    private long _refusedAt;
    private int _refusals;

    /// <summary>
    /// Enough leases have it in common: those of all elections are known before the first is watched, for they stand when all of the host
    /// has started.
    /// </summary>
    public bool IsForMany
    {
        get
        {
            lock (_lock)
                return _ours.Count > mostOwnWatches;
        }
    }

    /// <summary>It is not to be had: for now each reader needs a watch of his own.</summary>
    public bool IsRefused
    {
        get
        {
            lock (_lock)
                return _refusals > 0 && timeProvider.GetElapsedTime(_refusedAt) < RefusalLimit;
        }
    }

    private TimeSpan RefusalLimit
    {
        get
        {
            TimeSpan limit = FirstRefusal * Math.Pow(2, Math.Min(_refusals - 1, 16));
            return limit < LongestRefusal ? limit : LongestRefusal;
        }
    }

    /// <summary>A lease of ours, before the first is watched.</summary>
    public void Add(LeaseResource lease)
    {
        lock (_lock)
            _ours[lease.Name] = lease;
    }

    /// <summary>What happens to a lease after a version. One reader a lease: the next one ends the one before.</summary>
    /// <exception cref="LeaseWatchException">The watch broke.</exception>
    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string leaseName, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new NamespaceWatchReader(resourceVersion);
        Join(leaseName, reader);
        try
        {
            await foreach (LeaseEvent told in reader.EventsAsync(cancellationToken).ConfigureAwait(false))
                yield return told;
        }
        finally
        {
            Leave(leaseName, reader);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            Stop();
    }

    private void Join(string leaseName, NamespaceWatchReader reader)
    {
        lock (_lock)
        {
            _readers.GetValueOrDefault(leaseName)?.End(error: null);
            _readers[leaseName] = reader;
            if (IsRefused)
            {
                reader.End(error: null);
                return;
            }
            bool isSilent = timeProvider.GetElapsedTime(_heardAt) > (_hasHeard ? SilenceLimit : OpeningLimit);
            LeaseEvent? latest = _latest.GetValueOrDefault(leaseName);
            // In the silence he may have read an older lease than was told: etcd was restored from a backup, and a watch from a version of
            // before is never told anything.
            string? begun = isSilent ? VersionOf(latest) ?? _from : _from;
            if (_run is null || (begun is not null && ResourceVersion.Compare(reader.ResourceVersion, begun) is not >= 0))
                Begin(reader.ResourceVersion);
            else if (isSilent)
                Open();
            else if (latest is not null)
                reader.Offer(latest with { HasGaps = true }); // Of several that he does not know, the last.
        }
    }

    public static string? VersionOf(LeaseEvent? told) => told switch
    {
        LeaseEvent.Changed changed => changed.Lease.ResourceVersion,
        LeaseEvent.Deleted deleted => deleted.ResourceVersion,
        _ => null,
    };

    private void Leave(string leaseName, NamespaceWatchReader reader)
    {
        lock (_lock)
        {
            if (_readers.GetValueOrDefault(leaseName) == reader)
                _readers.Remove(leaseName);
            if (_readers.Count == 0)
                Stop();
        }
    }

    /// <summary>
    /// What has happened since that version is told again, and who knows it passes over it; what was told before may never have happened.
    /// Versions without an order do for the lease that has them only: then it begins with what there is now.
    /// </summary>
    private void Begin(string version)
    {
        _latest.Clear();
        _from = _version = ResourceVersion.TryNumber(version, out _) ? version : null;
        Open();
    }

    /// <summary>In place of what may be open: from the version on that has been told.</summary>
    private void Open()
    {
        _run?.Cancel();
        _run = new CancellationTokenSource();
        (_heardAt, _hasHeard) = (timeProvider.GetTimestamp(), false);
        CancellationToken token = _run.Token;
        _ = Task.Run(() => RunAsync(token), CancellationToken.None);
    }

    /// <summary>What was told is no news for who comes later.</summary>
    private void Stop()
    {
        _run?.Cancel();
        _run = null;
        _latest.Clear();
    }

    private async Task RunAsync(CancellationToken token)
    {
        LeaseStoreError? error = null;
        try
        {
            long openedAt;
            do
            {
                openedAt = timeProvider.GetTimestamp();
                await WatchOnceAsync(token).ConfigureAwait(false);
                EndedInGoodOrder(token);
            }
            // Otherwise a server that ends every watch at once would be asked without a pause: the readers make one.
            while (timeProvider.GetElapsedTime(openedAt) > SilenceLimit);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (LeaseWatchException exception)
        {
            error = exception.Error;
        }
#pragma warning disable CA1031 // A bug of ours breaks the watch, which everybody can live with, and not the elections.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            error = new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, exception.Message) { Exception = exception };
        }
        End(error, token);
    }

    private void EndedInGoodOrder(CancellationToken token)
    {
        lock (_lock)
        {
            if (!token.IsCancellationRequested)
                _refusals = 0;
        }
    }

    private async Task WatchOnceAsync(CancellationToken token)
    {
        try
        {
            await WatchFromAsync(Volatile.Read(ref _version), token).ConfigureAwait(false);
        }
        catch (LeaseWatchException exception) when (exception.Error.Kind == LeaseStoreErrorKind.Gone && HasToldNothing(token))
        {
            // A lease that nobody has written for long has a version that the server knows no more.
            await WatchFromAsync(version: null, token).ConfigureAwait(false);
        }
    }

    private async Task WatchFromAsync(string? version, CancellationToken token)
    {
        lock (_lock)
            _others.Clear(); // Names come and go: what counts is how many tell something within the five minutes of a watch.
        await foreach (NamespaceEvent told in WatchRun.RunAsync(
            client, resource, seconds => resource.ForWatch(version, seconds), Read, token)
            .ConfigureAwait(false))
        {
            Tell(told, token);
        }
    }

    /// <summary>Nothing has been missed either: what there is now is as good a beginning.</summary>
    private bool HasToldNothing(CancellationToken token)
    {
        lock (_lock)
        {
            if (token.IsCancellationRequested || _from is null || _version != _from)
                return false;
            _from = _version = null;
            return true;
        }
    }

    /// <exception cref="LeaseWatchException">The namespace is full of leases of others.</exception>
    private NamespaceEvent? Read(string? type, ReadOnlySpan<byte> json)
    {
        string name = LeaseDocumentReader.NameOf(json) ?? "";
        LeaseResource? lease;
        LeaseDocument? known;
        lock (_lock)
        {
            (_heardAt, _hasHeard) = (timeProvider.GetTimestamp(), true);
            known = (_latest.GetValueOrDefault(name) as LeaseEvent.Changed)?.Lease.Document;
            // Before the rest is read: what somebody else has written into his lease need not be what we can read.
            if (!_ours.TryGetValue(name, out lease) && type != "BOOKMARK")
            {
                _others.Add(name);
                if (_others.Count <= MostOthers * _ours.Count)
                    return null;
                throw new LeaseWatchException(new LeaseStoreError(
                    LeaseStoreErrorKind.Rejected, $"The namespace has {_others.Count} leases and more that are none of this app's."));
            }
        }
        try
        {
            return EventOf(lease, type, LeaseDocumentReader.Read(json, known)!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException && lease is not null)
        {
            return null; // Whoever follows it hears nothing of it now, reads it, and tells what is wrong. All others go on.
        }
    }

    private static NamespaceEvent? EventOf(LeaseResource? lease, string? type, LeaseDocument document)
    {
        if (document.Metadata is not { ResourceVersion: { Length: > 0 } version })
            return null;
        if (lease is null || type == "BOOKMARK")
            return new NamespaceEvent(null, version, new LeaseEvent.Bookmark(version));
        return LeaseEvents.OfLease(lease, type, document) is { } told ? new NamespaceEvent(lease.Name, version, told) : null;
    }

    private void Tell(NamespaceEvent told, CancellationToken token)
    {
        lock (_lock)
        {
            if (token.IsCancellationRequested)
                return;
            _version = told.Version;
            if (told.LeaseName is { } name)
            {
                // Without a version to begin with a watch tells first what there is, and not how it came about.
                LeaseEvent happened = _from is null ? told.Event with { HasGaps = true } : told.Event;
                _latest[name] = happened;
                _readers.GetValueOrDefault(name)?.Offer(happened);
                return;
            }
            foreach (NamespaceWatchReader reader in _readers.Values)
                reader.Offer(told.Event);
        }
    }

    private void End(LeaseStoreError? error, CancellationToken token)
    {
        // Not under the lock: where nobody drains the log, all that this watch is for would wait for it.
        if (EndAll(error, token))
            KubernetesStoreLog.NamespaceNotWatched(logger, resource.Namespace, error!.Message);
    }

    /// <returns>Whether it is refused, for the first time.</returns>
    private bool EndAll(LeaseStoreError? error, CancellationToken token)
    {
        bool isNews = false;
        lock (_lock)
        {
            if (token.IsCancellationRequested)
                return false;
            if (error is { IsLasting: true })
            {
                isNews = _refusals++ == 0;
                _refusedAt = timeProvider.GetTimestamp();
                error = null;
            }
            foreach (NamespaceWatchReader reader in _readers.Values)
                reader.End(error);
            _readers.Clear();
            Stop();
        }
        return isNews;
    }
}
