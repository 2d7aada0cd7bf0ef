using k8s;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>
/// KubernetesClient reads the kubeconfig, and the library asks over what it made of it: <c>UseKubernetesClient(BuildDefaultConfig)</c>. It
/// looks into the variables of this process, where that of the scene is as long as it does.
/// </summary>
internal sealed class KubernetesClientConnector : IConnector
{
    public const string Column = "KubernetesClient 21.0.8 through our package";

    private const string KubeConfig = "KUBECONFIG";

    public string Name => Column;

    public bool Knows(ConnectionCase connection) => true;

    public async Task<string?> ReadLeaseAsync(ConnectionScene scene)
    {
        var services = new ServiceCollection();
        services.AddSingleton(OwnConnector.EnvironmentOf(scene));
        services.AddLeaderElection().UseKubernetesClient(KubernetesClientConfiguration.BuildDefaultConfig);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Environment.SetEnvironmentVariable(KubeConfig, scene.Environment.GetValueOrDefault(KubeConfig));
        try
        {
            KubernetesConnection? connection = await provider.GetRequiredService<GivenConnections>().AskAsync(
                new LeaderElectionRegistration("", Section: null), new LeaderElectionOptions(), CancellationToken.None);
            return await OwnConnector.ReadLeaseAsync(connection!);
        }
        catch (LeaseStoreConfigurationException refusal)
        {
            return refusal.Message;
        }
        finally
        {
            Environment.SetEnvironmentVariable(KubeConfig, null);
        }
    }
}
