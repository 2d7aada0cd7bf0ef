namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>The columns of the table.</summary>
internal static class Connectors
{
    public static IReadOnlyList<IConnector> All { get; } = [new KubectlConnector(), new OwnConnector(), new KubernetesClientConnector()];
}
