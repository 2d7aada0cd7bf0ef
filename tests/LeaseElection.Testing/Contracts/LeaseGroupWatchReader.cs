using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Contracts;

/// <summary>Reads the watch of a group.</summary>
internal sealed class LeaseGroupWatchReader(ILeaseGroup group, string resourceVersion, TimeSpan patience)
    : WatchReader<LeaseGroupEvent>(cancellation => group.WatchAsync(resourceVersion, cancellation), patience)
{
    protected override bool IsBookmark(LeaseGroupEvent happened) => happened is LeaseGroupEvent.Bookmark;
}
