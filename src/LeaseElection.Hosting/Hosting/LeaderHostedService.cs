using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>Runs a hosted service for one term, as its host would for its whole life.</summary>
internal static class LeaderHostedService
{
    public static async Task RunAsync<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        IServiceProvider services, LeadershipTerm term, CancellationToken stoppingToken)
        where TService : class, IHostedService
    {
        TService service = ActivatorUtilities.CreateInstance<TService>(services);
        ExceptionDispatchInfo? fault = null;
        try
        {
            await RunAsync(service, term, stoppingToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Thrown when it has been disposed of.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = ExceptionDispatchInfo.Capture(exception);
        }

        try
        {
            await DisposeAsync(service).ConfigureAwait(false);
        }
        catch when (fault is { SourceException: LeadershipLostException or not OperationCanceledException })
        {
            // How it ended says more than what follows from it.
        }

        fault?.Throw();
    }

    /// <summary>Does not dispose it: it may live longer than a term.</summary>
    public static Task RunAsync(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken) =>
        new HostedServiceTerm(service, term, stoppingToken).RunAsync();

    private static async ValueTask DisposeAsync(IHostedService service)
    {
        if (service is IAsyncDisposable asyncDisposable)
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        else
            (service as IDisposable)?.Dispose();
    }
}
