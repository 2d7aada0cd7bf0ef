using k8s;
using LeaseElection.Hosting;
using LeaseElection.Hosting.KubernetesClient;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reaches the API server of a broker of leases (of locks) as KubernetesClient is configured to, as elections do.</summary>
public static class KubernetesClientLeaseBrokerExtensions
{
    /// <param name="builder">The broker.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder)"/>
    public static LeaseBrokerBuilder UseKubernetesClient(this LeaseBrokerBuilder builder) =>
        Use(builder, "UseKubernetesClient()", typeof(RegisteredConfiguration), RegisteredConfiguration.Of);

    /// <param name="builder">The broker.</param>
    /// <param name="configuration">The configuration. Changes to it after its first use have no effect.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder, KubernetesClientConfiguration)"/>
    public static LeaseBrokerBuilder UseKubernetesClient(this LeaseBrokerBuilder builder, KubernetesClientConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Use(builder, "UseKubernetesClient(configuration)", configuration, _ => configuration);
    }

    /// <param name="builder">The broker.</param>
    /// <param name="factory">As for an election.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder,
    /// Func{KubernetesClientConfiguration?})"/>
    public static LeaseBrokerBuilder UseKubernetesClient(this LeaseBrokerBuilder builder, Func<KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, KubernetesClientBuilderExtensions.Factory, factory, _ => factory());
    }

    /// <param name="builder">The broker.</param>
    /// <param name="factory">As for an election.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder,
    /// Func{IServiceProvider, KubernetesClientConfiguration?})"/>
    public static LeaseBrokerBuilder UseKubernetesClient(
        this LeaseBrokerBuilder builder, Func<IServiceProvider, KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, KubernetesClientBuilderExtensions.Factory, factory, factory);
    }

    private static LeaseBrokerBuilder Use(
        LeaseBrokerBuilder builder, string origin, object source, Func<IServiceProvider, KubernetesClientConfiguration?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseKubernetesConnection(origin, ConfiguredConnections.Of(builder.Services).By(source, find));
    }
}
