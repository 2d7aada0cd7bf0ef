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
        Use(builder, "UseKubernetesClient()", RegisteredConfiguration.Of);

    /// <param name="builder">The broker.</param>
    /// <param name="configuration">The configuration. Changes to it after its first use have no effect.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder, KubernetesClientConfiguration)"/>
    public static LeaseBrokerBuilder UseKubernetesClient(this LeaseBrokerBuilder builder, KubernetesClientConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Use(builder, "UseKubernetesClient(configuration)", _ => configuration);
    }

    /// <param name="builder">The broker.</param>
    /// <param name="factory">As for an election.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder,
    /// Func{KubernetesClientConfiguration?})"/>
    public static LeaseBrokerBuilder UseKubernetesClient(this LeaseBrokerBuilder builder, Func<KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, KubernetesClientBuilderExtensions.Factory, _ => factory());
    }

    /// <param name="builder">The broker.</param>
    /// <param name="factory">As for an election.</param>
    /// <inheritdoc cref="KubernetesClientBuilderExtensions.UseKubernetesClient(LeaderElectionBuilder,
    /// Func{IServiceProvider, KubernetesClientConfiguration?})"/>
    public static LeaseBrokerBuilder UseKubernetesClient(
        this LeaseBrokerBuilder builder, Func<IServiceProvider, KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, KubernetesClientBuilderExtensions.Factory, factory);
    }

    private static LeaseBrokerBuilder Use(
        LeaseBrokerBuilder builder, string origin, Func<IServiceProvider, KubernetesClientConfiguration?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseKubernetesConnection(origin, ConfiguredConnection.By(find));
    }
}
