using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>Answers at once, and always the same object: whatever a request costs is not this store's.</summary>
internal sealed class InstantStore : ILeaseStore
{
    private static readonly Task<LeaseReply> Found = Task.FromResult<LeaseReply>(
        new LeaseReply.Found(new Lease { ResourceVersion = "1", Uid = "uid", Record = new LeaseRecord { HolderIdentity = "me" } }));

    public string Description => "instant";

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) => Found;

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) => Found;

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) => Found;

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
