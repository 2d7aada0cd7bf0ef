using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>Runs a hosted service for one term, as its host would for its whole life.</summary>
internal static class LeaderHostedService
{
    public static async Task RunAsync<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        IServiceProvider services, CancellationToken stoppingToken)
        where TService : class, IHostedService
    {
        TService service = ActivatorUtilities.CreateInstance<TService>(services);
        try
        {
            await RunAsync(service, stoppingToken).ConfigureAwait(false);
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
    public static async Task RunAsync(IHostedService service, CancellationToken stoppingToken)
    {
        var lifecycle = service as IHostedLifecycleService;
        Exception? error = null;
        if (lifecycle is not null)
            await TryAsync(() => lifecycle.StartingAsync(stoppingToken)).ConfigureAwait(false);
        if (error is null)
            await TryAsync(() => service.StartAsync(stoppingToken)).ConfigureAwait(false);
        if (error is null && lifecycle is not null)
            await TryAsync(() => lifecycle.StartedAsync(stoppingToken)).ConfigureAwait(false);
        if (error is null)
            await TryAsync(() => StoppedOrDoneAsync(service, stoppingToken)).ConfigureAwait(false);

        // Not the stopping token: it has fired. How long a stop may take is watched by the election, not by the service's patience.
        if (lifecycle is not null)
            await TryAsync(() => lifecycle.StoppingAsync(CancellationToken.None)).ConfigureAwait(false);
        await TryAsync(() => service.StopAsync(CancellationToken.None)).ConfigureAwait(false);
        if (lifecycle is not null)
            await TryAsync(() => lifecycle.StoppedAsync(CancellationToken.None)).ConfigureAwait(false);

        // The stop of a background service waits for its work and does not tell how that ended.
        if (service is BackgroundService { ExecuteTask: { IsFaulted: true } failed })
            await TryAsync(() => failed).ConfigureAwait(false);
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);

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
