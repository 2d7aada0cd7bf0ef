using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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
[SuppressMessage("Design", "CA1001", Justification = "The sources have no timer, and a loss may be told when the service has just ended.")]
internal sealed class HostedServiceTerm(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken)
{
    private static readonly ConditionalWeakTable<IHostedService, HostedServiceTerm> Running = [];

    private readonly IHostedLifecycleService? _lifecycle = service as IHostedLifecycleService;
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Task? _before = (service as BackgroundService)?.ExecuteTask;
    private volatile bool _isStarting = true;
    private volatile bool _isStopped;
    private Task? _work;
    private Exception? _error;

    /// <summary>
    /// A service whose start failed is stopped too: it may have begun something that would outlive the term. The first error is the one
    /// that counts; those that follow from it are not told.
    /// </summary>
    /// <exception cref="InvalidOperationException">The same instance runs in another term.</exception>
    public async Task RunAsync()
    {
        if (Running.GetValue(service, _ => this) is var other && other != this)
            throw new InvalidOperationException(other.WhyNotTwice(term));
        CancellationTokenRegistration told = stoppingToken.UnsafeRegister(static one => ((HostedServiceTerm)one!).Told(), this);
        term.CancelWhenOver(_running, Note);
        try
        {
            await StartAsync(_running.Token).ConfigureAwait(false);
            _isStarting = false;
            if (_error is null || _running.IsCancellationRequested) // Else a start that obeyed a loss would pass for one that failed.
                await ToldOrDoneAsync().ConfigureAwait(false);
            await StopAsync().ConfigureAwait(false);
            await EndWorkAsync().ConfigureAwait(false);
        }
        finally
        {
            told.Unregister(); // Not disposed of: whoever hears of it may block, and would be waited for.
            term.Forget(_running);
            Running.Remove(service);
        }

        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>What this term has begun first: whatever else starts the service begins other work, which is not ours.</summary>
    private Task? Work => _work ??= service is BackgroundService { ExecuteTask: { } work } && work != _before ? work : null;

    private string WhyNotTwice(LeadershipTerm other) =>
        $"This {service.GetType().Name} runs in the term of lease {term.LeaseNamespace}/{term.LeaseName} already, so it cannot run in that "
        + $"of {other.LeaseNamespace}/{other.LeaseName} too: the end of one would be the end of both. Give each election an instance of "
        + "its own: services.AddKeyedSingleton<T>(key), and services.GetRequiredKeyedService<T>(key) in AddHostedService.";

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
        if (Work is { } work)
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

    private async Task StopAsync()
    {
        CancellationToken token = service is BackgroundService ? _stopping.Token : CancellationToken.None;
        using var limit = new StopLimit(term.TimeProvider);
        // It may finish what it has begun for as long as the lease is held. After that it must not take all of the time.
        CancellationTokenRegistration lost = _running.Token.UnsafeRegister(_ => limit.Set(term.StopTimeout / 2), null);
        _ = EndStopAsync(limit);
        if (_lifecycle is not null)
            await TryStopAsync(_lifecycle.StoppingAsync, token).ConfigureAwait(false);
        await TryStopAsync(service.StopAsync, token).ConfigureAwait(false);
        if (_lifecycle is not null)
            await TryStopAsync(_lifecycle.StoppedAsync, token).ConfigureAwait(false);
        _isStopped = true;
        lost.Unregister();
    }

    /// <summary>
    /// How long a stop may take is watched by the election, and a service that gave up stopping while it works would work on beside the
    /// next leader. But what a stop waits for may never come where the work has ended: because the term is over, or by itself, of which
    /// nobody hears before it was stopped. Of what is no background service it is not known whether it works.
    /// </summary>
    private async Task EndStopAsync(StopLimit limit)
    {
        bool hasEndedItself = !_told.Task.IsCompleted;
        if (Work is { } work)
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            hasEndedItself |= work.IsFaulted;
        }

        if (hasEndedItself && !_running.IsCancellationRequested)
            limit.Set(term.StopTimeout);
        await limit.Reached.ConfigureAwait(false);
        if (!_isStopped)
            await TryAsync(_stopping.CancelAsync).ConfigureAwait(false);
    }

    /// <summary>A stop of its own need not call that of its base, which waits for the work and does not tell how it ended.</summary>
    private async Task EndWorkAsync()
    {
        if (Work is not { } work)
            return;
        if (!work.IsCompleted)
            term.CancelApart(_running, Note); // Not by the pool: a loss finds it cancelled, and leaves it at that.
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsFaulted)
            await TryAsync(() => work).ConfigureAwait(false);
    }

    private Task TryStopAsync(Func<CancellationToken, Task> phase, CancellationToken token) => TryAsync(async () =>
    {
        try
        {
            await phase(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // It has obeyed.
        }
    });

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
