using System.Runtime.CompilerServices;
using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>
/// A Lease of <c>coordination.k8s.io/v1</c>. PUT and not PATCH: a patch is applied again to whatever is newest, which is no
/// compare-and-swap, and the API server's own leader elections get their priority for get, create and update only.
/// </summary>
internal sealed class KubernetesLeaseStore : ILeaseStore
{
    // The server sends the headers of a watch at once, whether or not there is anything to tell.
    private static readonly TimeSpan WatchOpenTimeout = TimeSpan.FromSeconds(5);

    private readonly LeaseResource _resource;
    private readonly LeaseReplies _replies;
    private readonly ApiServerClient _client;

    public KubernetesLeaseStore(
        KubernetesConnection connection, string leaseNamespace, string leaseName, TimeProvider timeProvider, ILogger logger)
    {
        _resource = new LeaseResource(connection.Server, leaseNamespace, leaseName);
        _replies = new LeaseReplies(_resource);
        _client = new ApiServerClient(connection, timeProvider, logger);
    }

    public string Description => _resource.ToString();

    public async Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, _resource.ForItem);
        return _replies.ForRead(await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false));
    }

    public async Task<LeaseReply> CreateAsync(LeaseRecord record, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Post, _resource.ForCollection, LeaseBodies.ForCreate(_resource, record));
        return _replies.ForCreate(await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false), record);
    }

    public async Task<LeaseReply> ReplaceAsync(Lease current, LeaseRecord record, TimeSpan timeout, CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = LeaseBodies.ForReplace(_resource, current, record);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            return _replies.NotWritable(e);
        }
        var request = new ApiRequest(HttpMethod.Put, _resource.ForItem, body);
        return _replies.ForReplace(await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false), current, record);
    }

    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Random, so that the watches of a fleet that started together do not all come back in the same second.
        int seconds = Random.Shared.Next(240, 301);
        var request = new ApiRequest(HttpMethod.Get, _ => _resource.ForWatch(resourceVersion, seconds));
        ApiServerStream stream = await _client.OpenAsync(
            request, WatchOpenTimeout, refusal => ApiErrors.From(refusal, "watch", _resource), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var reader = new LeaseWatchReader(stream.Body, _resource);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } leaseEvent)
                    yield return leaseEvent;
            }
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
