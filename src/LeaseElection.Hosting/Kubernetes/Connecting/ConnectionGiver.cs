using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Asks the app how its API server is reached, at the start and whenever what it said last is no longer good.</summary>
internal sealed class ConnectionGiver(
    string origin, Func<CancellationToken, ValueTask<KubernetesApiConnection?>> connect, TimeProvider timeProvider)
{
    private readonly AppCode _connect = new(origin, timeProvider);
    private readonly AppCode _trial = new(Configuring(origin), timeProvider);

    /// <summary>What the user has typed, for messages.</summary>
    public string Origin => origin;

    /// <summary>What <see cref="KubernetesApiConnection.ConfigureHandler"/> is called in messages.</summary>
    public static string Configuring(string origin) => $"Configuring the socket handler as {origin} says";

    /// <exception cref="ClusterCredentialException">The app threw, or gave no answer in time.</exception>
    public Task<KubernetesApiConnection?> AskAsync(CancellationToken cancellationToken) => _connect.RunAsync(connect, cancellationToken);

    /// <summary>Once, before it is used: what always throws or hangs would else be found at the first request.</summary>
    /// <exception cref="ClusterCredentialException">The app threw, or did not return in time.</exception>
    public async Task TryConfiguringAsync(KubernetesApiConnection connection, CancellationToken cancellationToken)
    {
        if (connection.ConfigureHandler is null || connection.CreateHandler is not null)
            return;
        using var handler = new SocketsHttpHandler();
        await _trial.RunAsync<bool>(
            _ =>
            {
                ApiServerChannelFactory.LetConfigure(handler, connection);
                return new(true);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
