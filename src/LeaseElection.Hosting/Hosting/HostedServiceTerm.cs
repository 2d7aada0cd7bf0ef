using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>
/// A hosted service in one term. It is stopped as its host would: its <see cref="IHostedService.StopAsync"/> tells it, and may have it
/// finish what it has begun, for the lease is held while it drains. A term that is lost leaves no time for that: what the service was
/// started with fires.
/// </summary>
/// <param name="service">It is not disposed: it may live longer than a term.</param>
/// <param name="term">The term.</param>
/// <param name="stoppingToken">Fires when work of the term is told to stop.</param>
internal sealed class HostedServiceTerm(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken)
{
    private readonly IHostedLifecycleService? _lifecycle = service as IHostedLifecycleService;
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStarting = true;
    private int _stops;
    private Exception? _error;

    /// <summary>
    /// A service whose start failed is stopped too: it may have begun something that would outlive the term. The first error is the one
    /// that counts; those that follow from it are not told.
    /// </summary>
    public async Task RunAsync()
    {
        using var running = new CancellationTokenSource();
        CancellationTokenRegistration told = stoppingToken.Register(() => Told(running));
        CancellationTokenRegistration over = term.Over.Register(() => Cancel(running));
        await StartAsync(running.Token).ConfigureAwait(false);
        _isStarting = false;
        if (_error is null)
            await ToldOrDoneAsync().ConfigureAwait(false);
        if (!term.IsHeld)
            _ = TryAsync(running.CancelAsync); // Most likely it has been told, and whatever hears of it may block.

        _ = StopAsync();
        await _stopped.Task.ConfigureAwait(false);

        // A stop of its own need not call that of its base, which waits for the work and does not tell how it ended.
        if (service is BackgroundService { ExecuteTask: { } work })
        {
            if (!work.IsCompleted)
                await TryAsync(running.CancelAsync).ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsFaulted)
                await TryAsync(() => work).ConfigureAwait(false);
        }

        // Not disposed of: whoever hears of it may block, and would be waited for.
        told.Unregister();
        over.Unregister();
        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    private async Task StartAsync(CancellationToken token)
    {
        if (_lifecycle is not null)
            await TryAsync(() => _lifecycle.StartingAsync(token)).ConfigureAwait(false);
        if (_error is null)
            await TryAsync(() => service.StartAsync(token)).ConfigureAwait(false);
        if (_error is null && _lifecycle is not null)
            await TryAsync(() => _lifecycle.StartedAsync(token)).ConfigureAwait(false);
    }

    /// <summary>
    /// A background service may return or fail before it is told to stop, which is then its work that ended; any other hosted service
    /// works until it is stopped.
    /// </summary>
    private async Task ToldOrDoneAsync()
    {
        if (service is not BackgroundService { ExecuteTask: { } work })
        {
            await _told.Task.ConfigureAwait(false);
            return;
        }
        await Task.WhenAny(work, _told.Task).ConfigureAwait(false);
        if (!stoppingToken.IsCancellationRequested)
            await TryAsync(() => work).ConfigureAwait(false);
    }

    /// <summary>On the thread that tells all work, because the pool may have none; where that is held up here, the pool stops it.</summary>
    private void Told(CancellationTokenSource running)
    {
        _told.TrySetResult();
        if (_isStarting || !term.IsHeld)
            Cancel(running);
        if (!_isStarting)
            _ = StopAsync();
    }

    /// <summary>What users registered runs, and throws, on the calling thread.</summary>
    private void Cancel(CancellationTokenSource running)
    {
        try
        {
            running.Cancel();
        }
        catch (AggregateException exception)
        {
            Interlocked.CompareExchange(ref _error, exception, null);
        }
        catch (ObjectDisposedException)
        {
            // The service has ended meanwhile.
        }
    }

    /// <summary>
    /// Once. Without a token that fires: how long a stop may take is watched by the election, and a service that gave up stopping would
    /// work on beside the next leader.
    /// </summary>
    private async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stops, 1) != 0)
            return;
        if (_lifecycle is not null)
            await TryAsync(() => _lifecycle.StoppingAsync(CancellationToken.None)).ConfigureAwait(false);
        await TryAsync(() => service.StopAsync(CancellationToken.None)).ConfigureAwait(false);
        if (_lifecycle is not null)
            await TryAsync(() => _lifecycle.StoppedAsync(CancellationToken.None)).ConfigureAwait(false);
        _stopped.SetResult();
    }

    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Told once everything has been stopped.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _error, exception, null);
        }
    }
}
