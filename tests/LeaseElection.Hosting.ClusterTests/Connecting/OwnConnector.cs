using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
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
        var environment = ProcessEnvironment.Current with
        {
            Variable = name => scene.Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null,
            HomeDirectory = scene.InFolder("home"),
            ServiceAccountDirectory = scene.InFolder("serviceaccount"),
        };
        List<string> tried = [];
        try
        {
            KubernetesConnection? connection = KubernetesConnectionResolver.TryResolve(
                new KubernetesStoreOptions(), environment, includeHomeKubeConfig: true, tried);
            if (connection is null)
                return string.Join("; ", tried);
            await using var store = new KubernetesLeaseStore(
                connection, connection.Namespace ?? "", ConnectionScene.LeaseName, TimeProvider.System,
                NullLogger<KubernetesLeaseStore>.Instance);
            return await store.ReadAsync(TimeSpan.FromSeconds(10), CancellationToken.None) switch
            {
                LeaseReply.Found => null,
                LeaseReply.Failed failed => failed.Error.Message,
                var reply => reply.ToString(),
            };
        }
        catch (LeaseStoreConfigurationException refusal)
        {
            return refusal.Message;
        }
    }
}
