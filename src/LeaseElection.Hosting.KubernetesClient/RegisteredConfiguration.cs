using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.KubernetesClient;

/// <summary>The configuration among the services of the app.</summary>
internal static class RegisteredConfiguration
{
    private const string Line = "builder.Services.AddSingleton(KubernetesClientConfiguration.BuildDefaultConfig());";

    /// <exception cref="OptionsValidationException">There is none.</exception>
    public static KubernetesClientConfiguration Of(IServiceProvider services) =>
        services.GetService<KubernetesClientConfiguration>() ?? throw Refusal.Of(
            services.GetService<IServiceProviderIsService>()?.IsService(typeof(IKubernetes)) is true
                ? "UseKubernetesClient() finds an IKubernetes among the services, but that does not tell how it connects, and no "
                  + $"KubernetesClientConfiguration. Register the one that it is made of: {Line}"
                : $"UseKubernetesClient() finds no KubernetesClientConfiguration among the services. Add one: {Line}");
}
