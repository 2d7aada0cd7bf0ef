using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Groups;

/// <summary>
/// One lease of a group: read and written by requests of its own, watched by the one watch of the group. Where that is stale, this is
/// silent, and who stands for the lease reads it for itself after a while.
/// </summary>
internal sealed class GroupedLease(string name, ILeaseStore store, LeaseMemory memory, LeaseGroupWatch group)
    : ILeaseStore, IBlockingLeaseStore
{
    public string Name => name;

    /// <summary>What this process has seen of the lease, before this elector and between its predecessors.</summary>
    public LeaseMemory Memory => memory;

    public string Description => store.Description;

    /// <summary>Who may list leases need not have the right to get one: then this one is found in the list.</summary>
    public async Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        LeaseReply reply = await store.ReadAsync(timeout, cancellationToken).ConfigureAwait(false);
        return reply is LeaseReply.Failed { Error.Kind: LeaseStoreErrorKind.Forbidden }
            ? await group.FindAsync(name, timeout, cancellationToken).ConfigureAwait(false) ?? reply
            : reply;
    }

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        store.CreateAsync(write, timeout, cancellationToken);

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        store.ReplaceAsync(current, write, timeout, cancellationToken);

    public bool CanBlock => store is IBlockingLeaseStore { CanBlock: true };

    public LeaseReply Read(TimeSpan timeout) => ((IBlockingLeaseStore)store).Read(timeout);

    public LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout) =>
        ((IBlockingLeaseStore)store).Replace(current, write, timeout);

    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChannelReader<LeaseGroupEvent> told = group.Subscribe(this, resourceVersion);
        await foreach (LeaseGroupEvent happened in told.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return happened switch
            {
                LeaseGroupEvent.Changed changed => new LeaseEvent.Changed(changed.Lease) { HasGaps = true }, // It may come from a list.
                LeaseGroupEvent.HolderDead dead => new LeaseEvent.HolderDead(dead.ResourceVersion),
                LeaseGroupEvent.Bookmark bookmark => new LeaseEvent.Bookmark(bookmark.ResourceVersion),
                LeaseGroupEvent.Gone gone => await LookForAsync(gone, cancellationToken).ConfigureAwait(false),
                _ => throw new ArgumentOutOfRangeException(nameof(resourceVersion), happened, "The set of events is closed."),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        group.Return(this);
        await store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>It was deleted, or has only lost the label by which it was found: then it is held as before.</summary>
    private async Task<LeaseEvent> LookForAsync(LeaseGroupEvent.Gone gone, CancellationToken cancellationToken) =>
        await ReadAsync(ElectorSettings.RequestTimeout, cancellationToken).ConfigureAwait(false) switch
        {
            LeaseReply.Found found => new LeaseEvent.Changed(found.Lease) { HasGaps = true },
            LeaseReply.Absent => new LeaseEvent.Deleted(gone.ResourceVersion) { HasGaps = true },
            LeaseReply.Failed failed => throw new LeaseWatchException(failed.Error),
            LeaseReply.Unknown unknown => throw new LeaseWatchException(unknown.Error),
            _ => throw new LeaseWatchException(new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, "A read has no conflicts.")),
        };
}
