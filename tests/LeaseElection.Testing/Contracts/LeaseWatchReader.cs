using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Contracts;

/// <summary>Reads the watch of one lease.</summary>
internal sealed class LeaseWatchReader(ILeaseStore store, string resourceVersion, TimeSpan patience)
    : WatchReader<LeaseEvent>(cancellation => store.WatchAsync(resourceVersion, cancellation), patience)
{
    protected override bool IsBookmark(LeaseEvent happened) => happened is LeaseEvent.Bookmark;
}
