namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>A command of a kubeconfig that prints credentials (<c>client.authentication.k8s.io</c>).</summary>
internal sealed record ExecPlugin
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

    /// <summary>
    /// By what they say: elections that reach the API server in the same way share one connection, and one run of the plugin.
    /// </summary>
    public bool Equals(ExecPlugin? other) => other is not null
        && (ApiVersion, Command, InstallHint, NeedsTerminal, Cluster)
            == (other.ApiVersion, other.Command, other.InstallHint, other.NeedsTerminal, other.Cluster)
        && Arguments.SequenceEqual(other.Arguments)
        && Environment.SequenceEqual(other.Environment);

    public override int GetHashCode() => HashCode.Combine(ApiVersion, Command, Arguments.Count, Environment.Count);

    /// <summary>Not what a record prints: its secrets.</summary>
    public override string ToString() => nameof(ExecPlugin);
}
