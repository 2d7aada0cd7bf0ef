using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>
/// One connection for all elections of a process that reach the API server in the same way, instead of two for each, and one watch for
/// those in a namespace, if they are many there. They are open until this is disposed of.
/// </summary>
internal sealed class SharedLeases(TimeProvider timeProvider, ILogger logger) : IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(KubernetesConnection Connection, string? Proxy), ApiServerClient> _clients = [];
    private readonly Dictionary<(ApiServerClient Client, string Namespace), NamespaceWatch> _watches = [];

    /// <param name="connection">How the API server is reached.</param>
    /// <param name="leaseNamespace">Where the lease is.</param>
    /// <param name="leaseName">Which one.</param>
    /// <param name="mostOwnWatches">Where there are more leases in the namespace, they share a watch.</param>
    public KubernetesLeaseStore Open(KubernetesConnection connection, string leaseNamespace, string leaseName, int mostOwnWatches)
    {
        (KubernetesConnection Connection, string? Proxy) key = connection.ToSharingKey();
        lock (_lock)
        {
            if (!_clients.TryGetValue(key, out ApiServerClient? client))
                _clients[key] = client = new ApiServerClient(connection, timeProvider, logger, shared: true);
            if (!_watches.TryGetValue((client, leaseNamespace), out NamespaceWatch? watch))
            {
                var all = new NamespaceResource(connection.Server, leaseNamespace);
                _watches[(client, leaseNamespace)] = watch = new NamespaceWatch(client, all, mostOwnWatches, timeProvider, logger);
            }
            return new(client, new LeaseResource(connection.Server, leaseNamespace, leaseName), LeaseTraits.None, watch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ApiServerClient client in TakeAll())
            await client.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For containers that are not disposed asynchronously: what takes its time ends by itself.</summary>
    public void Dispose()
    {
        foreach (ApiServerClient client in TakeAll())
            _ = client.DisposeAsync().AsTask();
    }

    private ApiServerClient[] TakeAll()
    {
        lock (_lock)
        {
            foreach (NamespaceWatch watch in _watches.Values)
                watch.Dispose();
            _watches.Clear();
            ApiServerClient[] all = [.. _clients.Values];
            _clients.Clear();
            return all;
        }
    }
}
