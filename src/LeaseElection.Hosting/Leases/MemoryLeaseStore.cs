using System.Globalization;
using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.Leases;

/// <summary>A lease that nobody else sees: for a process that always leads (<c>Enabled=false</c>). It never fails.</summary>
internal sealed class MemoryLeaseStore(string description) : ILeaseStore
{
    private readonly Lock _lock = new();
    private Lease? _lease;
    private long _version;

    public string Description => description;

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<LeaseReply>(_lease is null ? new LeaseReply.Absent() : new LeaseReply.Found(_lease));
    }

    public Task<LeaseReply> CreateAsync(LeaseRecord record, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<LeaseReply>(_lease is null ? Write(record) : new LeaseReply.Conflict());
    }

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseRecord record, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<LeaseReply>(_lease?.ResourceVersion == current.ResourceVersion ? Write(record) : new LeaseReply.Conflict());
    }

    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Nothing ever changes but by our own writes.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private LeaseReply.Found Write(LeaseRecord record)
    {
        _lease = new Lease
        {
            ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture),
            Uid = "memory",
            Record = record,
        };
        return new LeaseReply.Found(_lease);
    }
}
