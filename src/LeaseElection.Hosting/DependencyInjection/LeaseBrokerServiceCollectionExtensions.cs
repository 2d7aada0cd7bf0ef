using LeaseElection.Hosting;
using LeaseElection.Hosting.Brokers;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds brokers of leases.</summary>
public static class LeaseBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Adds a broker, configured by a section of its own: <c>[FromKeyedServices("LeaseLocks")] ILeaseBroker</c>. Calling it again adds
    /// nothing. It needs no host; in one, settings are checked when that starts. Nothing is sent before somebody asks for a lease.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="sectionName">
    /// The section, for example <c>LeaseLocks</c>, and the key by which it is resolved. Its settings are those of
    /// <see cref="LeaderElectionOptions"/> that speak of leases: <c>LeaseNamespace</c>, <c>Identity</c>, <c>LeaseDuration</c>,
    /// <c>RenewDeadline</c>, <c>RenewInterval</c>, <c>RetryPeriod</c>, <c>Store</c>, <c>Kubernetes</c> (but not
    /// what it announces) and <c>File</c>.
    /// </param>
    /// <returns>A builder to say more with.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a section.</exception>
    /// <exception cref="InvalidOperationException">An election of this name has a section of its own already.</exception>
    public static LeaseBrokerBuilder AddLeaseBroker(this IServiceCollection services, string sectionName) =>
        Add(services, sectionName, null);

    /// <summary>Adds a broker, configured by a section of its own and then by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="sectionName">The section.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddLeaseBroker(IServiceCollection, string)"/>
    public static LeaseBrokerBuilder AddLeaseBroker(
        this IServiceCollection services, string sectionName, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, sectionName, configure);
    }

    private static LeaseBrokerBuilder Add(IServiceCollection services, string sectionName, Action<LeaderElectionOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        bool known = services.Any(service => service.IsKeyedService && service.ServiceKey is string key && key == sectionName
            && service.ServiceType == typeof(LeaseBroker));
        LeaderElectionRegistration registration = services.BindLeaseBroker(sectionName);
        if (configure is not null)
            services.Configure(sectionName, configure); // After the configuration: code has the last word.
        if (!known)
            AddParts(services, registration);
        return new LeaseBrokerBuilder(services, sectionName);
    }

    private static void AddParts(IServiceCollection services, LeaderElectionRegistration registration)
    {
        services.AddElectionParts();
        services.TryAddSingleton<LeaseBrokerInstruments>();
        services.AddKeyedSingleton(
            registration.Name, (provider, _) => ActivatorUtilities.CreateInstance<LeaseBroker>(provider, registration));
        services.AddKeyedSingleton<ILeaseBroker>(registration.Name, (provider, key) => provider.GetRequiredKeyedService<LeaseBroker>(key));
        services.AddSingleton<IHostedService>(provider =>
            new LeaseBrokerService(
                provider.GetRequiredKeyedService<LeaseBroker>(registration.Name),
                provider.GetRequiredService<IServiceScopeFactory>()));
    }
}
