using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>A store that measures how long its requests take and what becomes of them. Where nobody listens it costs nothing.</summary>
internal sealed class MeteredLeaseStore(ILeaseStore inner, ElectionMetrics metrics, TimeProvider timeProvider)
    : ILeaseStore, IBlockingLeaseStore
{
    public string Description => inner.Description;

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) => metrics.WantsRequests
        ? MeasureAsync(TelemetryTags.Get, timeProvider.GetTimestamp(), inner.ReadAsync(timeout, cancellationToken))
        : inner.ReadAsync(timeout, cancellationToken);

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) => metrics.WantsRequests
        ? MeasureAsync(TelemetryTags.Create, timeProvider.GetTimestamp(), inner.CreateAsync(write, timeout, cancellationToken))
        : inner.CreateAsync(write, timeout, cancellationToken);

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        metrics.WantsRequests
            ? MeasureAsync(
                OperationOf(write),
                timeProvider.GetTimestamp(),
                inner.ReplaceAsync(current, write, timeout, cancellationToken))
            : inner.ReplaceAsync(current, write, timeout, cancellationToken);

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        inner.WatchAsync(resourceVersion, cancellationToken);

    public bool CanBlock => inner is IBlockingLeaseStore { CanBlock: true };

    public LeaseReply Read(TimeSpan timeout) => Measure(TelemetryTags.Get, ((IBlockingLeaseStore)inner).Read, timeout);

    public LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout) =>
        Measure(OperationOf(write), limit => ((IBlockingLeaseStore)inner).Replace(current, write, limit), timeout);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<LeaseReply> MeasureAsync(string operation, long began, Task<LeaseReply> request)
    {
        string? error = TelemetryTags.OtherError; // A bug in the store.
        try
        {
            LeaseReply reply = await request.ConfigureAwait(false);
            error = ErrorOf(operation, reply);
            return reply;
        }
        finally
        {
            // A request that was abandoned with its election says nothing about the server.
            if (!request.IsCanceled)
                metrics.RequestEnded(operation, timeProvider.GetElapsedTime(began), error);
        }
    }

    private LeaseReply Measure(string operation, Func<TimeSpan, LeaseReply> request, TimeSpan timeout)
    {
        long began = timeProvider.GetTimestamp();
        LeaseReply reply = request(timeout);
        if (metrics.WantsRequests)
            metrics.RequestEnded(operation, timeProvider.GetElapsedTime(began), ErrorOf(operation, reply));
        return reply;
    }

    private static string OperationOf(LeaseWrite write) => write.Record.HasHolder ? TelemetryTags.Update : TelemetryTags.Release;

    private static string? ErrorOf(string operation, LeaseReply reply) => reply switch
    {
        LeaseReply.Failed failed => TagValue<LeaseStoreErrorKind>.Of(failed.Error.Kind),
        LeaseReply.Unknown unknown => TagValue<LeaseStoreErrorKind>.Of(unknown.Error.Kind),
        LeaseReply.Conflict => TelemetryTags.Conflict,
        LeaseReply.Absent when operation != TelemetryTags.Get => TelemetryTags.Conflict,
        _ => null,
    };
}
