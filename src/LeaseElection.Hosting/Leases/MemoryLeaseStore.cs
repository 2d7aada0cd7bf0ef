using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.Leases;

/// <summary>One of the leases that no other process sees.</summary>
internal sealed class MemoryLeaseStore(MemoryLeases leases, string leaseName, LeaseTraits traits) : ILeaseStore
{
    public string Description => leases.Description;

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) => Task.FromResult(leases.Read(leaseName));

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(leases.Write(leaseName, current: null, write, traits));

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(leases.Write(leaseName, current, write, traits));

    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string told = resourceVersion;
        while (true)
        {
            (Dictionary<string, Lease> all, long version, _, Task changed) = leases.Look(static _ => true);
            string seen = all.TryGetValue(leaseName, out Lease? lease) ? lease.ResourceVersion : "";
            if (seen != told && (lease is not null || told.Length > 0))
                yield return lease is null
                    ? new LeaseEvent.Deleted(MemoryLeases.Text(version)) { HasGaps = true }
                    : new LeaseEvent.Changed(lease) { HasGaps = true };
            told = seen;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
