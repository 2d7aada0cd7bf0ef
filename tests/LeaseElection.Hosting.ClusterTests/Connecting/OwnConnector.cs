using LeaseElection.Hosting.ClusterTests.Kubernetes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>The library, in this process but in the environment of the scene.</summary>
internal sealed class OwnConnector : IConnector
{
    public const string Column = "LeaseElection.Hosting";

    public string Name => Column;

    public bool Knows(ConnectionCase connection) => true;

    public async Task<string?> ReadLeaseAsync(ConnectionScene scene)
    {
        List<string> tried = [];
        try
        {
            return KubernetesConnectionResolver.TryResolve(
                new KubernetesStoreOptions(), EnvironmentOf(scene), includeHomeKubeConfig: true, tried) is { } connection
                ? await ReadLeaseAsync(connection)
                : string.Join("; ", tried);
        }
        catch (LeaseStoreConfigurationException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>What the library finds around itself in a scene.</summary>
    public static ProcessEnvironment EnvironmentOf(ConnectionScene scene) => ProcessEnvironment.Current with
    {
        Variable = name => scene.Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null,
        HomeDirectory = scene.InFolder("home"),
        ServiceAccountDirectory = scene.InFolder("serviceaccount"),
    };

    /// <returns>As <see cref="IConnector.ReadLeaseAsync"/>.</returns>
    public static async Task<string?> ReadLeaseAsync(KubernetesConnection connection)
    {
        await using var store = new KubernetesLeaseStore(
            connection.WithPatience(), connection.Namespace ?? "", ConnectionScene.LeaseName, TimeProvider.System,
            NullLogger<KubernetesLeaseStore>.Instance);
        return await store.ReadAsync(Signal.Patience, CancellationToken.None) switch
        {
            LeaseReply.Found => null,
            LeaseReply.Failed failed => failed.Error.Message,
            var reply => reply.ToString(),
        };
    }
}
