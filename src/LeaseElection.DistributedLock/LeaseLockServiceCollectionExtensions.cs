using LeaseElection.DistributedLock;
using LeaseElection.Hosting;
using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds distributed locks that are kept as Leases.</summary>
public static class LeaseLockServiceCollectionExtensions
{
    private const string DefaultSection = "LeaseLocks";

    /// <summary>
    /// Adds <see cref="IDistributedLockProvider"/> and <see cref="LeaseLockProvider"/>, configured by the section <c>LeaseLocks</c>.
    /// Calling it again adds nothing, and an <see cref="IDistributedLockProvider"/> of another kind that the app has registered before
    /// stays. It needs no host; in one, settings are checked when that starts. Nothing is sent before somebody asks for a lock.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder to say more with.</returns>
    public static LeaseBrokerBuilder AddLeaseLocks(this IServiceCollection services) =>
        AddUnkeyed(Add(services, DefaultSection, null));

    /// <summary>Adds the same, configured by the section <c>LeaseLocks</c> and then by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddLeaseLocks(IServiceCollection)"/>
    public static LeaseBrokerBuilder AddLeaseLocks(this IServiceCollection services, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return AddUnkeyed(Add(services, DefaultSection, configure));
    }

    /// <summary>
    /// Adds locks of another kind, with another namespace or other durations, configured by a section of their own. Resolve them by its
    /// name: <c>[FromKeyedServices("TenantLocks")] IDistributedLockProvider</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="sectionName">The section, which is also the key.</param>
    /// <returns>A builder to say more with.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a section.</exception>
    public static LeaseBrokerBuilder AddLeaseLocks(this IServiceCollection services, string sectionName) =>
        Add(services, sectionName, null);

    /// <summary>Adds locks of another kind, configured by a section of their own and then by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="sectionName">The section, which is also the key.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddLeaseLocks(IServiceCollection, string)"/>
    public static LeaseBrokerBuilder AddLeaseLocks(
        this IServiceCollection services, string sectionName, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, sectionName, configure);
    }

    private static LeaseBrokerBuilder Add(IServiceCollection services, string sectionName, Action<LeaderElectionOptions>? configure)
    {
        LeaseBrokerBuilder builder = configure is null
            ? services.AddLeaseBroker(sectionName)
            : services.AddLeaseBroker(sectionName, configure);
        services.TryAddKeyedSingleton(
            sectionName, (provider, key) => new LeaseLockProvider(provider.GetRequiredKeyedService<ILeaseBroker>(key)));
        services.TryAddKeyedSingleton<IDistributedLockProvider>(
            sectionName, (provider, key) => provider.GetRequiredKeyedService<LeaseLockProvider>(key));
        return builder;
    }

    private static LeaseBrokerBuilder AddUnkeyed(LeaseBrokerBuilder builder)
    {
        builder.Services.TryAddSingleton(provider => provider.GetRequiredKeyedService<LeaseLockProvider>(builder.Name));
        builder.Services.TryAddSingleton<IDistributedLockProvider>(provider => provider.GetRequiredService<LeaseLockProvider>());
        return builder;
    }
}
