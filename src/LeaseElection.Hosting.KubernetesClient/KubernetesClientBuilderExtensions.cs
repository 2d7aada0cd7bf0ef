using k8s;
using LeaseElection.Hosting;
using LeaseElection.Hosting.KubernetesClient;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reaches the API server of an election as KubernetesClient is configured to.</summary>
/// <remarks>
/// It has an effect where the lease is kept on Kubernetes, and then instead of <c>LeaderElection:Kubernetes:ApiServer</c>,
/// <c>KubeConfig</c>,
/// <c>Context</c>, <c>TokenFile</c> and <c>CertificateAuthorityFile</c>, which are refused beside it. The last call for an election wins.
/// </remarks>
public static class KubernetesClientBuilderExtensions
{
    /// <summary>
    /// Takes the <see cref="KubernetesClientConfiguration"/> of the app's services, for example
    /// <c>builder.Services.AddSingleton(KubernetesClientConfiguration.BuildDefaultConfig())</c>. Where there is none the host does not
    /// start.
    /// </summary>
    /// <param name="builder">The election.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>A singleton is taken as it is. See the overload with a factory for what that lacks.</remarks>
    public static LeaderElectionBuilder UseKubernetesClient(this LeaderElectionBuilder builder) =>
        Use(builder, "UseKubernetesClient()", typeof(RegisteredConfiguration), RegisteredConfiguration.Of);

    /// <summary>Takes a configuration as it is.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="configuration">The configuration. Changes to it after the host has started have no effect.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Its token provider is asked before each request, so a service account's token is read again every minute and an exec plugin is
    /// asked when its token has expired. What else is in the configuration stays: an authority or a client certificate that has been
    /// rotated needs a factory, or a restart.
    /// </remarks>
    public static LeaderElectionBuilder UseKubernetesClient(this LeaderElectionBuilder builder, KubernetesClientConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Use(builder, "UseKubernetesClient(configuration)", configuration, _ => configuration);
    }

    /// <summary>
    /// Takes the configuration that a factory makes, for example <see cref="KubernetesClientConfiguration.InClusterConfig"/>.
    /// </summary>
    /// <param name="builder">The election.</param>
    /// <param name="factory">
    /// Called when the host starts, and again when the API server has refused the credentials (401) or was not trusted, or the token
    /// provider has failed: so a rotated token, authority or certificate is in use at once, and an exec plugin is asked again. It runs
    /// beside the requests, never twice at once, and has 30 s; while the API server goes on refusing it is called ever less often, down to
    /// once a minute. Where the server was not trusted the token provider of before stays. Should it throw when the host starts, the host
    /// does not start; later that costs a warning, and it is called again. <see langword="null"/> says that there is no cluster to connect
    /// to: the election then looks for one by itself, as without this, and in Development goes on with a file.
    /// </param>
    /// <returns>The same builder.</returns>
    public static LeaderElectionBuilder UseKubernetesClient(
        this LeaderElectionBuilder builder, Func<KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, Factory, factory, _ => factory());
    }

    /// <summary>Takes the configuration that a factory finds among the services of the app, or makes with their help.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="factory">As in the overload without services. Gets the root provider, so scoped services are not to be had.</param>
    /// <returns>The same builder.</returns>
    public static LeaderElectionBuilder UseKubernetesClient(
        this LeaderElectionBuilder builder, Func<IServiceProvider, KubernetesClientConfiguration?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Use(builder, Factory, factory, factory);
    }

    internal const string Factory = "UseKubernetesClient(factory)";

    private static LeaderElectionBuilder Use(
        LeaderElectionBuilder builder, string origin, object source, Func<IServiceProvider, KubernetesClientConfiguration?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseKubernetesConnection(origin, ConfiguredConnections.Of(builder.Services).By(source, find));
    }
}
