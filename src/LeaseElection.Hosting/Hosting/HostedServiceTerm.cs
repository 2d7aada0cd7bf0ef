using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>
/// A hosted service in one term. It is stopped as its host would: its <see cref="IHostedService.StopAsync"/> tells it, and may have it
/// finish what it has begun, for the lease is held while it drains. A term that is lost leaves no time for that: what the service was
/// started with fires, whatever its stop, the loop or the thread pool waits for.
/// </summary>
/// <param name="service">It is not disposed: it may live longer than a term.</param>
/// <param name="term">The term.</param>
/// <param name="stoppingToken">Fires when work of the term is told to stop.</param>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and a loss may be told when the service has just ended.")]
internal sealed class HostedServiceTerm(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken)
{
    private readonly IHostedLifecycleService? _lifecycle = service as IHostedLifecycleService;
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _running = new();
    private readonly Lock _gate = new();
    private volatile bool _isStarting = true;
    private Exception? _error;

    /// <summary>
    /// A service whose start failed is stopped too: it may have begun something that would outlive the term. The first error is the one
    /// that counts; those that follow from it are not told.
    /// </summary>
    public async Task RunAsync()
    {
        CancellationTokenRegistration told = stoppingToken.UnsafeRegister(static one => ((HostedServiceTerm)one!).Told(), this);
        term.CancelWhenOver(_running, Note);
        try
        {
            await StartAsync(_running.Token).ConfigureAwait(false);
            _isStarting = false;
            if (_error is null)
                await ToldOrDoneAsync().ConfigureAwait(false);
            await StopAsync().ConfigureAwait(false);

            // A stop of its own need not call that of its base, which waits for the work and does not tell how it ended.
            if (service is BackgroundService { ExecuteTask: { } work })
            {
                if (!work.IsCompleted)
                    _ = TryAsync(_running.CancelAsync);
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (work.IsFaulted)
                    await TryAsync(() => work).ConfigureAwait(false);
            }
        }
        finally
        {
            told.Unregister(); // Not disposed of: whoever hears of it may block, and would be waited for.
            term.Forget(_running);
        }

        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    private async Task StartAsync(CancellationToken token)
    {
        if (_lifecycle is not null)
            await TryAsync(() => Begin(_lifecycle.StartingAsync)).ConfigureAwait(false);
        if (_error is null)
            await TryAsync(() => Begin(service.StartAsync)).ConfigureAwait(false);
        if (_error is null && _lifecycle is not null)
            await TryAsync(() => Begin(_lifecycle.StartedAsync)).ConfigureAwait(false);

        Task Begin(Func<CancellationToken, Task> phase)
        {
            token.ThrowIfCancellationRequested();
            return phase(token);
        }
    }

    /// <summary>
    /// A background service may return or fail before it is told to stop, which is then its work that ended; any other hosted service
    /// works until it is stopped. One that has heard of a loss is told in a moment, and has not ended by itself.
    /// </summary>
    private async Task ToldOrDoneAsync()
    {
        // Again, because what was registered last is called first: what the service registered in its start may block.
        CancellationTokenRegistration told =
            stoppingToken.UnsafeRegister(static one => ((HostedServiceTerm)one!)._told.TrySetResult(), this);
        try
        {
            await WaitAsync().ConfigureAwait(false);
        }
        finally
        {
            told.Unregister();
        }
    }

    private async Task WaitAsync()
    {
        if (service is BackgroundService { ExecuteTask: { } work })
        {
            await Task.WhenAny(work, _told.Task).ConfigureAwait(false);
            if (!_running.IsCancellationRequested)
            {
                if (!stoppingToken.IsCancellationRequested)
                    await TryAsync(() => work).ConfigureAwait(false);
                return;
            }
        }
        await _told.Task.ConfigureAwait(false);
    }

    /// <summary>On the thread that tells all work, because the pool may have none.</summary>
    private void Told()
    {
        _told.TrySetResult(); // First: what hears of it here may block until the service is stopped.
        if (_isStarting || !term.IsHeld)
            _running.Cancel();
    }

    /// <summary>
    /// Without a token that fires: how long a stop may take is watched by the election, and a service that gave up stopping would work on
    /// beside the next leader.
    /// </summary>
    private async Task StopAsync()
    {
        if (_lifecycle is not null)
            await TryAsync(() => _lifecycle.StoppingAsync(CancellationToken.None)).ConfigureAwait(false);
        await TryAsync(() => service.StopAsync(CancellationToken.None)).ConfigureAwait(false);
        if (_lifecycle is not null)
            await TryAsync(() => _lifecycle.StoppedAsync(CancellationToken.None)).ConfigureAwait(false);
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
            Note(exception);
        }
    }

    /// <summary>That it was cancelled says less than what else goes wrong.</summary>
    private void Note(Exception exception)
    {
        lock (_gate)
        {
            if (_error is null || (_error is OperationCanceledException && exception is not OperationCanceledException))
                _error = exception;
        }
    }
}
