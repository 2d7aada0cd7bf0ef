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
#pragma warning disable CA2213 // Holds no handle as long as none is asked for; disposed, it would fail who comes to the rescue late.
    private readonly SemaphoreSlim _rescuing = new(1);
#pragma warning restore CA2213
    private readonly IBlockingLeaseStore? _blocking = store is IBlockingLeaseStore { CanBlock: true } blocking ? blocking : null;
    private volatile StoreRequest? _request;
    private Task _sending = Task.CompletedTask;
    private volatile bool _sendsNoMore;
    private bool _disposed;

    /// <summary>Whether a term can be kept without the thread pool.</summary>
    public bool CanRescue => _blocking is not null;

    public void Read(TimeSpan timeout) =>
        Send(() => store.ReadAsync(timeout, _stopping.Token), _blocking is null ? null : _blocking.Read, isWrite: false, timeout);

    public void Create(LeaseWrite write, TimeSpan timeout) =>
        Send(() => store.CreateAsync(write, timeout, _stopping.Token), null, isWrite: true, timeout);

    public void Replace(Lease current, LeaseWrite write, TimeSpan timeout) => Send(
        () => store.ReplaceAsync(current, write, timeout, _stopping.Token),
        _blocking is null ? null : left => _blocking.Replace(current, write, left),
        isWrite: true,
        timeout);

    /// <summary>Whether the request that is under way waits for the thread pool. Called by any thread.</summary>
    public bool IsStuck(TimeSpan patience) => _request?.IsStuck(run.Clock.Now.Monotonic, patience) is true;

    /// <summary>
    /// Sends the request that the pool has not begun, or gives up on the one that it does not end: what still comes of that is not heard
    /// any more. On a thread that is none of the pool's.
    /// </summary>
    public void Rescue(TimeSpan patience)
    {
        if (_request is not { } request || !_rescuing.Wait(TimeSpan.Zero))
            return;
        try
        {
            if (!_sendsNoMore && request.Rescue(run.Clock.Now.Monotonic, patience) is { } reply)
                Answer(request, reply);
        }
#pragma warning disable CA1031 // As below.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Threw(request, exception);
        }
        finally
        {
            _rescuing.Release();
        }
    }

    /// <summary>The election is over: what has not been sent will not be. Called by any thread.</summary>
    public void SendNoMore() => _sendsNoMore = true;

    public void Watch(string resourceVersion) => _watch.Open(resourceVersion);

    /// <summary>Closes the watch. It is silent from here on.</summary>
    public void EndWatch() => _watch.Close();

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        SendNoMore();
        try
        {
            await _stopping.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // What a store has registered may throw.
            // Who has come to the rescue hears no token, but is back when his request has timed out; and comes no more.
            await _rescuing.WaitAsync().WaitAsync(2 * ElectorSettings.RequestTimeout, run.Clock.TimeProvider).ConfigureAwait(false);

            // A store that hears no token must not keep the process from ending.
            await Task.WhenAll(_sending, _watch.DisposeAsync().AsTask())
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

    private void Send(Func<Task<LeaseReply>> send, Func<TimeSpan, LeaseReply>? sendHere, bool isWrite, TimeSpan timeout)
    {
        var request = new StoreRequest(send, sendHere, isWrite, run.Clock.Now.Monotonic, timeout);
        _request = request;
        Task sending = Task.Run(() => SendAsync(request));
        _sending = _sending.IsCompleted ? sending : Task.WhenAll(_sending, sending); // One that was given up may be under way still.
    }

    private async Task SendAsync(StoreRequest request)
    {
        if (_sendsNoMore || !request.TryBegin())
            return; // The election is over, or somebody else has.
        try
        {
            Answer(request, await request.SendAsync().ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The election is over: nobody waits for the reply.
        }
#pragma warning disable CA1031 // A bug in a store must not end the election: the outcome is unknown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Threw(request, exception);
        }
    }

    private void Answer(StoreRequest request, LeaseReply reply)
    {
        if (request.TryAnswer())
            post(Translate(reply, request.IsWrite));
    }

    private void Threw(StoreRequest request, Exception exception)
    {
        logger.StoreThrew(run.Card.LeaseNamespace, run.Card.LeaseName, exception);
        var error = new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, exception.Message) { Exception = exception };
        Answer(request, request.IsWrite ? new LeaseReply.Unknown(error) : new LeaseReply.Failed(error));
    }

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
