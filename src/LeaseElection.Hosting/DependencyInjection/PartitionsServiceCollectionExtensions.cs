using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Partitions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what an election with partitioned work has beside its own parts.</summary>
internal static class PartitionsServiceCollectionExtensions
{
    public static void AddElectionPartitions(this IServiceCollection services, string election)
    {
        if (services.Any(service => service.IsKeyedService && service.ServiceKey is string key && key == election
            && service.ServiceType == typeof(ElectionPartitions)))
            return;
        services.AddKeyedSingleton(election, (provider, _) => new ElectionPartitions(CountOf(provider, election)));
        services.AddKeyedSingleton<IElectionPartitions>(election, (provider, key) => provider.GetRequiredKeyedService<ElectionPartitions>(key));
        if (election.Length == 0)
            services.AddSingleton<IElectionPartitions>(provider => provider.GetRequiredKeyedService<ElectionPartitions>(""));
    }

    /// <summary>Checks the options first, as whoever asks for them before the host starts does.</summary>
    private static int CountOf(IServiceProvider provider, string election) => PartitionedWorkClaim.CountOf(
        provider.GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>().Get(election),
        election,
        provider.GetServices<PartitionedWorkClaim>())!.Value;
}
