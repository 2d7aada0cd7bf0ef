using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Brokers;

/// <summary>Has a host refuse to start where a broker would find no place to keep leases. The stop of the host concerns no lease.</summary>
internal sealed class LeaseBrokerService(LeaseBroker broker, IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await broker.OpenAsync(cancellationToken).ConfigureAwait(false);
        Rehearsal.Begin(scopes);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
