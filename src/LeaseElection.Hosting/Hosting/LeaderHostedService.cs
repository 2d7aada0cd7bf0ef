using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>
/// Runs a hosted service for one term, as its host would for its whole life: what it was started with does not tell it to stop, its
/// <see cref="IHostedService.StopAsync"/> does, which may have it finish what it has begun. A term that is lost leaves no time for that.
/// </summary>
internal static class LeaderHostedService
{
    public static async Task RunAsync<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        IServiceProvider services, LeadershipTerm term, CancellationToken stoppingToken)
        where TService : class, IHostedService
    {
        TService service = ActivatorUtilities.CreateInstance<TService>(services);
        try
        {
            await RunAsync(service, term, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            if (service is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
            else
                (service as IDisposable)?.Dispose();
        }
    }

    /// <summary>
    /// Does not dispose it: it may live longer than a term. A service whose start failed is stopped too: it may have begun something that
    /// would outlive the term. The first error is the one that counts; those that follow from it are not told.
    /// </summary>
    public static async Task RunAsync(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken)
    {
        var lifecycle = service as IHostedLifecycleService;
        Exception? error = null;
        bool isStarting = true;
        using var running = new CancellationTokenSource();
        CancellationTokenRegistration told = stoppingToken.UnsafeRegister(
            _ =>
            {
                if (Volatile.Read(ref isStarting) || !term.IsHeld)
                    running.Cancel(); // On the thread that tells, as all work hears it: the pool may have none.
            },
            null);
        await using (told.ConfigureAwait(false))
        {
            await StartAsync().ConfigureAwait(false);
            Volatile.Write(ref isStarting, false);
            if (error is null)
                await TryAsync(() => StoppedOrDoneAsync(service, stoppingToken)).ConfigureAwait(false);
        }

        Task stop = StopAsync();
        if (await Task.WhenAny(stop, term.WhenOver()).ConfigureAwait(false) != stop)
            await TryAsync(running.CancelAsync).ConfigureAwait(false);
        await stop.ConfigureAwait(false);

        // A stop of its own need not call that of its base, which waits for the work and does not tell how it ended.
        await TryAsync(running.CancelAsync).ConfigureAwait(false);
        if (service is BackgroundService { ExecuteTask: { } work })
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsFaulted)
                await TryAsync(() => work).ConfigureAwait(false);
        }
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);

        async Task StartAsync()
        {
            if (lifecycle is not null)
                await TryAsync(() => lifecycle.StartingAsync(running.Token)).ConfigureAwait(false);
            if (error is null)
                await TryAsync(() => service.StartAsync(running.Token)).ConfigureAwait(false);
            if (error is null && lifecycle is not null)
                await TryAsync(() => lifecycle.StartedAsync(running.Token)).ConfigureAwait(false);
        }

        // Without a token: how long a stop may take is watched by the election. A service that gave up stopping would work on beside the
        // next leader.
        async Task StopAsync()
        {
            if (lifecycle is not null)
                await TryAsync(() => lifecycle.StoppingAsync(CancellationToken.None)).ConfigureAwait(false);
            await TryAsync(() => service.StopAsync(CancellationToken.None)).ConfigureAwait(false);
            if (lifecycle is not null)
                await TryAsync(() => lifecycle.StoppedAsync(CancellationToken.None)).ConfigureAwait(false);
        }

        async Task TryAsync(Func<Task> call)
        {
            try
            {
                await call().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Told above, once everything has been stopped.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                error ??= exception;
            }
        }
    }

    /// <summary>
    /// A background service may return or fail before it is asked to stop, which is then its work that ended; any other hosted service
    /// works until it is stopped.
    /// </summary>
    private static async Task StoppedOrDoneAsync(IHostedService service, CancellationToken stoppingToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = stoppingToken.Register(stopped.SetResult);
        await using (registration.ConfigureAwait(false))
        {
            if (service is BackgroundService { ExecuteTask: { } work })
                await (await Task.WhenAny(work, stopped.Task).ConfigureAwait(false)).ConfigureAwait(false);
            else
                await stopped.Task.ConfigureAwait(false);
        }
    }
}
