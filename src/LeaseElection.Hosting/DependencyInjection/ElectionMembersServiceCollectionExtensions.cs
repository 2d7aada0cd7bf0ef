using LeaseElection.Hosting;
using LeaseElection.Hosting.Members;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the members of an election.</summary>
internal static class ElectionMembersServiceCollectionExtensions
{
    /// <summary>A second call for the same election adds nothing.</summary>
    public static void AddElectionMembers(this IServiceCollection services, string name)
    {
        services.TryAddKeyedSingleton<ElectionMembers>(name);
        services.TryAddKeyedSingleton<IElectionMembers>(name, (provider, key) => provider.GetRequiredKeyedService<ElectionMembers>(key));
        if (name.Length == 0)
            services.TryAddSingleton<IElectionMembers>(provider => provider.GetRequiredKeyedService<ElectionMembers>(""));
    }
}
