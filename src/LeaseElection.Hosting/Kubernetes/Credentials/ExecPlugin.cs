namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>A command of a kubeconfig that prints credentials (<c>client.authentication.k8s.io</c>).</summary>
internal sealed class ExecPlugin
{
    /// <summary><c>client.authentication.k8s.io/v1</c> or <c>/v1beta1</c>; the answer must say the same.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>An absolute path, or a bare name to be found on PATH.</summary>
    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What the kubeconfig's author wants read when the command is not there.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether it says of itself that it must ask somebody.</summary>
    public bool NeedsTerminal { get; init; }

    /// <summary>What it is told of the cluster; <see langword="null"/> if the kubeconfig does not ask for that.</summary>
    public ExecCluster? Cluster { get; init; }
}
