using System.Diagnostics.CodeAnalysis;
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

    private static async Task RunAsync(IHostedService service, CancellationToken stoppingToken)
    {
        try
        {
            if (service is IHostedLifecycleService starting)
                await starting.StartingAsync(stoppingToken).ConfigureAwait(false);
            await service.StartAsync(stoppingToken).ConfigureAwait(false);
            if (service is IHostedLifecycleService started)
                await started.StartedAsync(stoppingToken).ConfigureAwait(false);
            await StoppedOrDoneAsync(service, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            // Not the stopping token: it has fired. How long a stop may take is watched by the election, not by the service's patience.
            if (service is IHostedLifecycleService stopping)
                await stopping.StoppingAsync(CancellationToken.None).ConfigureAwait(false);
            await service.StopAsync(CancellationToken.None).ConfigureAwait(false);
            if (service is IHostedLifecycleService stopped)
                await stopped.StoppedAsync(CancellationToken.None).ConfigureAwait(false);
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
