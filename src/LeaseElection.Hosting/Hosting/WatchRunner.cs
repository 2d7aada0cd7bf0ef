using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting;

/// <summary>
/// Keeps the one watch that was asked for, and tells what it tells. It decides nothing and reopens nothing. Called by one loop only.
/// </summary>
/// <param name="open">The watch, from a version on.</param>
/// <param name="told">Gets what it tells.</param>
/// <param name="ended">The server closed it in good order.</param>
/// <param name="broke">It broke.</param>
/// <param name="threw">A bug in the store, which breaks the watch and nothing else.</param>
internal sealed class WatchRunner<TEvent>(
    Func<string, CancellationToken, IAsyncEnumerable<TEvent>> open,
    Action<TEvent> told,
    Action ended,
    Action<LeaseStoreError> broke,
    Action<Exception> threw) : IAsyncDisposable
{
    private CancellationTokenSource _cancel = new();
    private Task _watching = Task.CompletedTask;
    private bool _stopped;

    /// <summary>Opens a watch in place of the one there may be.</summary>
    public void Open(string resourceVersion)
    {
        if (_stopped)
            return;
        (CancellationTokenSource previousCancel, Task previous) = (_cancel, _watching);
        Task cancelled = previousCancel.CancelAsync(); // Silent from here on; what it has registered runs elsewhere.
        _cancel = new CancellationTokenSource();
        CancellationToken token = _cancel.Token;
        _watching = Task.Run(async () =>
        {
            // One watch at a time: what an abandoned one still had to tell must not arrive after what its successor tells.
            // What was registered for its cancellation may throw, as a stream of the app's; it ends that watch, and not those after it.
            await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await previous.ConfigureAwait(false);
            previousCancel.Dispose();
            await WatchAsync(resourceVersion, token).ConfigureAwait(false);
        });
    }

    /// <summary>Closes the watch, until the next one is opened. It is silent from here on.</summary>
    public void Close() => _ = _cancel.CancelAsync(); // What it has registered runs elsewhere.

    /// <summary>Ends when the watch has ended, which a store that hears no token may take its time for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        await _cancel.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watching.ConfigureAwait(false);
        _cancel.Dispose();
    }

    private async Task WatchAsync(string resourceVersion, CancellationToken token)
    {
        try
        {
            await foreach (TEvent happened in open(resourceVersion, token).ConfigureAwait(false))
            {
                if (token.IsCancellationRequested)
                    return;
                told(happened);
            }

            if (!token.IsCancellationRequested)
                ended();
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Replaced by another watch, or nobody wants one any more.
        }
        catch (LeaseWatchException exception)
        {
            if (!token.IsCancellationRequested)
                broke(exception.Error);
        }
#pragma warning disable CA1031 // A bug in a store breaks the watch, not the election.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            threw(exception);
            if (!token.IsCancellationRequested)
                broke(new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, exception.Message) { Exception = exception });
        }
    }
}
