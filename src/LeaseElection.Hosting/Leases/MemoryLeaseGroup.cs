using System.Globalization;
using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.Leases;

/// <summary>Those of the leases that no other process sees which bear the label of a group.</summary>
internal sealed class MemoryLeaseGroup(MemoryLeases leases, string group) : ILeaseGroup
{
    public string Description => leases.Description;

    public ILeaseStore Open(string leaseName, LeaseTraits traits) => new MemoryLeaseStore(leases, leaseName, traits.OfGroup(group));

    public Task<LeaseGroupReply> ListAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        (Dictionary<string, Lease> found, long version, _, _) = leases.Look(IsOurs);
        return Task.FromResult<LeaseGroupReply>(new LeaseGroupReply.Found(found, MemoryLeases.Text(version)));
    }

    public async IAsyncEnumerable<LeaseGroupEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Dictionary<string, Lease> seen, long version, long lastDeletion, Task changed) = leases.Look(IsOurs);
        if (!long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out long since) || lastDeletion > since)
        {
            // Nobody remembers which one it was.
            throw new LeaseWatchException(new LeaseStoreError(
                LeaseStoreErrorKind.Gone, "What was deleted since that version is not known. Reading anew helps."));
        }
        Dictionary<string, string> told = seen
            .Where(lease => long.Parse(lease.Value.ResourceVersion, CultureInfo.InvariantCulture) <= since)
            .ToDictionary(lease => lease.Key, lease => lease.Value.ResourceVersion);
        while (true)
        {
            foreach ((string name, Lease lease) in seen)
            {
                if (told.GetValueOrDefault(name) == lease.ResourceVersion)
                    continue;
                told[name] = lease.ResourceVersion;
                yield return new LeaseGroupEvent.Changed(name, lease);
            }
            foreach (string name in told.Keys.Except(seen.Keys).ToArray())
            {
                told.Remove(name);
                yield return new LeaseGroupEvent.Gone(name, MemoryLeases.Text(version));
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            (seen, version, _, changed) = leases.Look(IsOurs);
        }
    }

    public Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(leases.Delete(leaseName, current));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsOurs(Lease lease) =>
        lease.Document?.Metadata is { } metadata && TraitsInMetadata.HasLabel(metadata, LeaseGroupName.Label, group);
}
