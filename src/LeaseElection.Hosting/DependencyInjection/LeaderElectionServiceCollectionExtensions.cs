using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Members;
using LeaseElection.Hosting.Partitions;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds leader elections to a host.</summary>
public static class LeaderElectionServiceCollectionExtensions
{
    /// <summary>
    /// Adds the election of this host, configured by the section <c>LeaderElection</c>, with a health check <c>leader_election</c>.
    /// Calling it again adds nothing, so that parts of an app can each add their work.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder to add work with.</returns>
    public static LeaderElectionBuilder AddLeaderElection(this IServiceCollection services) =>
        Add(services, "", null, null);

    /// <summary>Adds the election of this host, configured by a section of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, for example <c>configuration.GetSection("Leader")</c>.</param>
    /// <inheritdoc cref="AddLeaderElection(IServiceCollection)"/>
    /// <exception cref="ArgumentException">The section is a whole configuration.</exception>
    /// <exception cref="InvalidOperationException">The same election was added with another section.</exception>
    public static LeaderElectionBuilder AddLeaderElection(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, "", section, null);
    }

    /// <summary>Adds the election of this host, configured by the section <c>LeaderElection</c> and then by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddLeaderElection(IServiceCollection)"/>
    public static LeaderElectionBuilder AddLeaderElection(this IServiceCollection services, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, "", null, configure);
    }

    /// <summary>
    /// Adds one of several elections, configured by the section <c>LeaderElection:{name}</c> over the section <c>LeaderElection</c>, with
    /// a health check <c>leader_election:{name}</c>. Resolve it by key: <c>[FromKeyedServices("name")] ILeaderElection</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the election within this host.</param>
    /// <returns>A builder to add work with.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a section, or is that of a setting.</exception>
    public static LeaderElectionBuilder AddLeaderElection(this IServiceCollection services, string name) =>
        Add(services, name, null, null);

    /// <summary>Adds one of several elections, configured by a section of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the election within this host.</param>
    /// <param name="section">The section.</param>
    /// <inheritdoc cref="AddLeaderElection(IServiceCollection, string)"/>
    /// <exception cref="InvalidOperationException">The same election was added with another section.</exception>
    public static LeaderElectionBuilder AddLeaderElection(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, name, section, null);
    }

    /// <summary>Adds one of several elections, configured by its section and then by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the election within this host.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddLeaderElection(IServiceCollection, string)"/>
    public static LeaderElectionBuilder AddLeaderElection(
        this IServiceCollection services, string name, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, name, null, configure);
    }

    private static LeaderElectionBuilder Add(
        IServiceCollection services, string name, IConfiguration? section, Action<LeaderElectionOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        bool known = services.Any(service => service.IsKeyedService && service.ServiceKey is string key && key == name
            && service.ServiceType == typeof(LeaderElection));
        LeaderElectionRegistration registration = services.BindLeaderElection(name, section);
        if (configure is not null)
            services.Configure(name, configure); // After the configuration: code has the last word.
        if (!known)
            AddParts(services, registration);
        return new LeaderElectionBuilder(services, name);
    }

    private static void AddParts(IServiceCollection services, LeaderElectionRegistration registration)
    {
        string name = registration.Name;
        services.AddElectionParts();
        services.TryAddSingleton<ElectionInstruments>();
        services.TryAddSingleton<HostSettings>();
        services.TryAddSingleton<HostStop>();
        services.TryAddSingleton<PublishedEndpoints>();
        services.TryAddSingleton(provider => new HostedServices(services, provider, provider.GetRequiredService<HostSettings>()));

        services.AddKeyedSingleton(name, (provider, key) => new LeaderElection((string)key!)
        {
            Members = provider.GetKeyedService<ElectionMembers>(key),
            Partitions = provider.GetKeyedService<ElectionPartitions>(key),
        });
        services.AddKeyedSingleton<ILeaderElection>(name, (provider, key) => provider.GetRequiredKeyedService<LeaderElection>(key));
        if (name.Length == 0)
            services.AddSingleton<ILeaderElection>(provider => provider.GetRequiredKeyedService<LeaderElection>(""));

        // Not AddHostedService, which takes a second one of the same type for a repetition: each election has its own.
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<LeaderElectionService>(
            provider,
            registration,
            provider.GetRequiredKeyedService<LeaderElection>(name),
            provider.GetKeyedServices<WorkRegistration>(name),
            provider.GetKeyedServices<PartitionedWorkRegistration>(name)));
        services.AddHealthChecks();
        services.AddLeaderElectionHealthCheck(name);
        AddEndpointCheck(services);
    }

    /// <summary>What elections and brokers are made of.</summary>
    internal static void AddElectionParts(this IServiceCollection services)
    {
        services.TryAddSingleton(ProcessEnvironment.Current);
        services.TryAddSingleton<LeaseClaims>();
        services.TryAddSingleton<AnnouncerFactory>();
        services.TryAddSingleton<GivenConnections>();
        services.TryAddSingleton<TermWatchdog>();
        services.TryAddSingleton(provider => new SharedLeases(
            provider.GetRequiredService<ElectionClock>().TimeProvider,
            new GuardedLogger(
                provider.GetService<ILoggerFactory>()?.CreateLogger<KubernetesLeaseStore>() ?? NullLogger<KubernetesLeaseStore>.Instance)));
        services.TryAddSingleton<IElectionStoreFactory, ElectionStoreFactory>();
        services.TryAddSingleton(provider => new ElectionClock(ClockOf(provider))
        {
            NotePace = provider.GetKeyedService<object>(ElectionClock.NotePaceKey) is TimeSpan pace
                ? pace
                : ElectorSettings.DefaultNotePace,
        });
    }

    /// <summary>
    /// Has the package for ASP.NET Core, where there is one, check names of elections when the host starts. It has no call of its own
    /// before the host is built, and without it a mistyped name would show when the first request comes. Trimming knows constant names.
    /// </summary>
    private static void AddEndpointCheck(IServiceCollection services) =>
        Type.GetType("LeaseElection.Hosting.AspNetCore.LeadershipEndpointCheck, LeaseElection.Hosting.AspNetCore")
            ?.GetMethod("Add")?.Invoke(null, [services]);

    /// <summary>The clock that was registered for elections (a test), else one that counts the time a machine is suspended.</summary>
    private static TimeProvider ClockOf(IServiceProvider provider) =>
        provider.GetKeyedService<TimeProvider>(LeaderElectionOptions.TimeProviderKey) is { } clock && clock != TimeProvider.System
            ? clock : SuspendAwareTimeProvider.Instance;
}
