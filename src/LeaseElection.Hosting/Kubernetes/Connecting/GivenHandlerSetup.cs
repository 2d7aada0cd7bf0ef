using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// What one description of the app changes of each new socket handler. Where it runs code of the app, that hangs without holding up more
/// than the request that waits for it, and one call after the other.
/// </summary>
internal sealed class GivenHandlerSetup(
    string origin, KubernetesApiConnection connection, TimeProvider timeProvider, CancellationToken disposed)
{
    private readonly Lock _lock = new();
    private readonly AppCode _code = new(ConnectionGiver.Configuring(origin), timeProvider);
    private Task _call = Task.CompletedTask;

    /// <exception cref="ClusterCredentialException">The app threw, or did not return in time.</exception>
    /// <exception cref="OperationCanceledException">The request's time is over.</exception>
    public async ValueTask ConfigureAsync(SocketsHttpHandler handler, CancellationToken cancellationToken)
    {
        if (connection.ConfigureHandler is null)
        {
            ApiServerChannelFactory.LetConfigure(handler, connection);
            return;
        }
        while (true)
        {
            Task call;
            bool ours;
            lock (_lock)
            {
                ours = _call.IsCompleted;
                if (ours)
                    AppCode.Forget(_call = RunAsync(handler));
                call = _call;
            }
            Task ended = call.WaitAsync(cancellationToken);
            if (ours)
            {
                await ended.ConfigureAwait(false);
                return;
            }
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<bool> RunAsync(SocketsHttpHandler handler) => _code.RunAsync<bool>(
        _ =>
        {
            ApiServerChannelFactory.LetConfigure(handler, connection);
            return new(true);
        },
        disposed);
}
