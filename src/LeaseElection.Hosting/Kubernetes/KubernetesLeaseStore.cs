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
internal sealed class KubernetesLeaseStore : ILeaseStore, IBlockingLeaseStore
{
    private readonly LeaseResource _resource;
    private readonly LeaseReplies _replies;
    private readonly LeaseTraits _traits;
    private readonly ApiServerClient _client;
    private readonly NamespaceWatch? _watch;
    private readonly bool _ownsClient;

    /// <summary>Over a connection of its own.</summary>
    public KubernetesLeaseStore(
        KubernetesConnection connection, string leaseNamespace, string leaseName, TimeProvider timeProvider, ILogger logger)
        : this(
            new ApiServerClient(connection, timeProvider, logger),
            new LeaseResource(connection.Server, leaseNamespace, leaseName),
            LeaseTraits.None) =>
        _ownsClient = true;

    /// <summary>Over one that it shares, and that others dispose of, and perhaps with a watch in common.</summary>
    public KubernetesLeaseStore(ApiServerClient client, LeaseResource resource, LeaseTraits traits, NamespaceWatch? watch = null)
    {
        _watch = watch;
        _watch?.Add(resource);
        _client = client;
        _resource = resource;
        _replies = new LeaseReplies(resource);
        _traits = traits;
    }

    public string Description => _resource.ToString();

    public bool CanBlock => _client.CanBlock;

    private ApiRequest ToRead => new(HttpMethod.Get, _resource.ForItem);

    public async Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        _replies.ForRead(await _client.SendAsync(ToRead, timeout, cancellationToken).ConfigureAwait(false));

    public LeaseReply Read(TimeSpan timeout) => _replies.ForRead(_client.Send(ToRead, timeout));

    public async Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Post, _resource.ForCollection, LeaseBodies.ForCreate(_resource, write, _traits));
        return _replies.ForCreate(await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false), write.Record);
    }

    public async Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (ToReplace(current, write, out LeaseReply? refused) is not { } request)
            return refused!;
        return _replies.ForReplace(await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false), current, write.Record);
    }

    public LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout) =>
        ToReplace(current, write, out LeaseReply? refused) is { } request
            ? _replies.ForReplace(_client.Send(request, timeout), current, write.Record)
            : refused!;

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        _watch is { IsRefused: false } shared
            ? shared.WatchAsync(_resource.Name, resourceVersion, cancellationToken)
            : WatchRun.RunAsync(
                _client,
                _resource,
                seconds => _resource.ForWatch(resourceVersion, seconds),
                LeaseJsonContext.Default.LeaseDocument,
                (type, document) => LeaseEvents.OfLease(_resource, type, document),
                cancellationToken);

    public ValueTask DisposeAsync() => _ownsClient ? _client.DisposeAsync() : ValueTask.CompletedTask;

    private ApiRequest? ToReplace(Lease current, LeaseWrite write, out LeaseReply? refused)
    {
        refused = null;
        try
        {
            return new ApiRequest(HttpMethod.Put, _resource.ForItem, LeaseBodies.ForReplace(_resource, current, write, _traits));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            refused = _replies.NotWritable(e);
            return null;
        }
    }
}
