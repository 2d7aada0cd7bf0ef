using LeaseElection.Hosting;
using LeaseElection.Hosting.Partitions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what an election with partitioned work has beside its own parts.</summary>
internal static class PartitionsServiceCollectionExtensions
{
    public static void AddElectionPartitions(this IServiceCollection services, string election)
    {
        if (services.Any(service => service.IsKeyedService && service.ServiceKey is string key && key == election
            && service.ServiceType == typeof(ElectionPartitions)))
            return;
        services.AddElectionMembers(election);
        services.AddKeyedSingleton<ElectionPartitions>(election);
        services.AddKeyedSingleton<IElectionPartitions>(
            election, (provider, key) => provider.GetRequiredKeyedService<ElectionPartitions>(key));
        if (election.Length == 0)
            services.AddSingleton<IElectionPartitions>(provider => provider.GetRequiredKeyedService<ElectionPartitions>(""));
    }
}
