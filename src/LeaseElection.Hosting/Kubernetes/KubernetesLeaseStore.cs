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
    private readonly Func<TimeSpan, Uri> _item;
    private readonly bool _ownsClient;
    private JsonBuffer? _idleBuffer;

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
        _item = resource.ForItem;
        _replies = new LeaseReplies(resource);
        _traits = traits;
    }

    public string Description => _resource.ToString();

    public bool CanBlock => _client.CanBlock;

    private ApiRequest ToRead => new(HttpMethod.Get, _item);

    public async Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using ApiOutcome outcome = await _client.SendAsync(ToRead, timeout, cancellationToken).ConfigureAwait(false);
        return _replies.ForRead(outcome);
    }

    public LeaseReply Read(TimeSpan timeout)
    {
        using ApiOutcome outcome = _client.Send(ToRead, timeout);
        return _replies.ForRead(outcome);
    }

    public async Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Post, _resource.ForCollection, LeaseBodies.ForCreate(_resource, write, _traits));
        using ApiOutcome outcome = await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        return _replies.ForCreate(outcome, write.Record);
    }

    public async Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken)
    {
        JsonBuffer buffer = Interlocked.Exchange(ref _idleBuffer, null) ?? new JsonBuffer();
        if (ToReplace(buffer, current, write, out LeaseReply? refused) is not { } request)
        {
            _idleBuffer = buffer;
            return refused!;
        }
        using ApiOutcome outcome = await _client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        // What was not answered may be under way still, and keeps its memory.
        if (outcome is ApiOutcome.Answer { IsSentStill: false })
            _idleBuffer = buffer;
        return _replies.ForReplace(outcome, current, write.Record);
    }

    public LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout)
    {
        if (ToReplace(new JsonBuffer(), current, write, out LeaseReply? refused) is not { } request)
            return refused!;
        using ApiOutcome outcome = _client.Send(request, timeout);
        return _replies.ForReplace(outcome, current, write.Record);
    }

    public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken)
    {
        if (_watch is { IsForMany: true, IsRefused: false } shared)
            return shared.WatchAsync(_resource.Name, resourceVersion, cancellationToken);
        LeaseDocument? last = null;
        return WatchRun.RunFromAsync(
            _client,
            _resource,
            resourceVersion,
            _resource.ForWatch,
            (type, json) => LeaseEvents.OfLease(_resource, type, last = LeaseDocumentReader.Read(json, last)!),
            told => told with { HasGaps = true },
            cancellationToken);
    }

    public ValueTask DisposeAsync() => _ownsClient ? _client.DisposeAsync() : ValueTask.CompletedTask;

    private ApiRequest? ToReplace(JsonBuffer buffer, Lease current, LeaseWrite write, out LeaseReply? refused)
    {
        refused = null;
        try
        {
            return new ApiRequest(HttpMethod.Put, _item, LeaseBodies.ForReplace(buffer, _resource, current, write, _traits));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            refused = _replies.NotWritable(e);
            return null;
        }
    }
}
