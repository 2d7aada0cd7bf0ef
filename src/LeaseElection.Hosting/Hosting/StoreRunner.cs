using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>
/// Carries out the core's requests and keeps the one watch it asked for, and hands back what the store says. It decides nothing and
/// retries nothing. Called by the loop only.
/// </summary>
internal sealed class StoreRunner(ILeaseStore store, ElectionRun run, Action<ElectionInput> post, ILogger logger)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly WatchRunner<LeaseEvent> _watch = new(
        store.WatchAsync,
        told => post(new ElectionInput.Watched(told)),
        () => post(new ElectionInput.WatchEnded()),
        error => post(new ElectionInput.WatchBroken(error)),
        exception => logger.StoreThrew(run.Card.LeaseNamespace, run.Card.LeaseName, exception));
    private Task _request = Task.CompletedTask;
    private bool _disposed;

    public void Read(TimeSpan timeout) => Send(() => store.ReadAsync(timeout, _stopping.Token), isWrite: false);

    public void Create(LeaseWrite write, TimeSpan timeout) =>
        Send(() => store.CreateAsync(write, timeout, _stopping.Token), isWrite: true);

    public void Replace(Lease current, LeaseWrite write, TimeSpan timeout) =>
        Send(() => store.ReplaceAsync(current, write, timeout, _stopping.Token), isWrite: true);

    public void Watch(string resourceVersion) => _watch.Open(resourceVersion);

    /// <summary>Closes the watch. It is silent from here on.</summary>
    public void EndWatch() => _watch.Close();

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            // A store that hears no token must not keep the process from ending.
            await Task.WhenAll(_request, _watch.DisposeAsync().AsTask())
                .WaitAsync(ElectorSettings.ReleaseTimeout, run.Clock.TimeProvider).ConfigureAwait(false);
            _stopping.Dispose();
            await store.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The election is over, and its host must stop in good order whatever the store does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.StoreThrew(run.Card.LeaseNamespace, run.Card.LeaseName, exception);
        }
    }

    private void Send(Func<Task<LeaseReply>> send, bool isWrite) => _request = Task.Run(async () =>
    {
        try
        {
            post(Translate(await send().ConfigureAwait(false), isWrite));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The election is over: nobody waits for the reply.
        }
#pragma warning disable CA1031 // A bug in a store must not end the election: the outcome is unknown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.StoreThrew(run.Card.LeaseNamespace, run.Card.LeaseName, exception);
            var error = new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, exception.Message) { Exception = exception };
            post(Translate(isWrite ? new LeaseReply.Unknown(error) : new LeaseReply.Failed(error), isWrite));
        }
    });

    private static ElectionInput Translate(LeaseReply reply, bool isWrite) => reply switch
    {
        LeaseReply.Found found => isWrite ? new ElectionInput.WriteSucceeded(found.Lease) : new ElectionInput.ReadFound(found.Lease),
        LeaseReply.Absent => isWrite ? new ElectionInput.WriteConflicted() : new ElectionInput.ReadAbsent(),
        LeaseReply.Conflict => new ElectionInput.WriteConflicted(),
        LeaseReply.Failed failed => isWrite ? new ElectionInput.WriteFailed(failed.Error) : new ElectionInput.ReadFailed(failed.Error),
        LeaseReply.Unknown unknown => isWrite ? new ElectionInput.WriteUnknown(unknown.Error) : new ElectionInput.ReadFailed(unknown.Error),
        _ => throw new ArgumentOutOfRangeException(nameof(reply), reply, "The set of replies is closed."),
    };
}
