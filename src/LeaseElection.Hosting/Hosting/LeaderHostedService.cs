using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Does not dispose it: it may live longer than a term.</summary>
    public static Task RunAsync(IHostedService service, LeadershipTerm term, CancellationToken stoppingToken) =>
        new HostedServiceTerm(service, term, stoppingToken).RunAsync();
}
