using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>
/// A store whose requests are sent as when the thread pool has no thread, where there is a way: on a thread of their own.
/// </summary>
internal sealed class BlockingStore(ILeaseStore store) : ILeaseStore
{
    private readonly IBlockingLeaseStore _blocking = (IBlockingLeaseStore)store;

    public string Description => store.Description;

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        ApartAsync(() => _blocking.Read(timeout), cancellationToken);

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        store.CreateAsync(write, timeout, cancellationToken);

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        ApartAsync(() => _blocking.Replace(current, write, timeout), cancellationToken);

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        store.WatchAsync(resourceVersion, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static Task<LeaseReply> ApartAsync(Func<LeaseReply> request, CancellationToken cancellationToken) => Task.Factory.StartNew(
        request, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
