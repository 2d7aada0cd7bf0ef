using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Asks the app how its API server is reached, at the start and whenever what it said last is no longer good.</summary>
internal sealed class ConnectionGiver(
    string origin, Func<CancellationToken, ValueTask<KubernetesApiConnection?>> connect, TimeProvider timeProvider)
{
    /// <summary>What the user has typed, for messages.</summary>
    public string Origin => origin;

    /// <exception cref="ClusterCredentialException">The app threw, or gave no answer in time.</exception>
    public Task<KubernetesApiConnection?> AskAsync(CancellationToken cancellationToken) =>
        AppCode.RunAsync(origin, connect, timeProvider, cancellationToken);
}
