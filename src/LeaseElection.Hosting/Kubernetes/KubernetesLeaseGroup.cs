using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>The Leases with the label of one group: one list and one watch for all of them.</summary>
internal sealed class KubernetesLeaseGroup(ApiServerClient client, LeaseGroupResource resource, string group, TimeProvider timeProvider)
    : ILeaseGroup
{
    // A page of the largest Leases that somebody's annotations can make of ours, and no more than what is read
    // into memory without a thought.
    private const int MaxPage = 16 * BoundedBody.MaxLength;

    public string Description => resource.ToString();

    public ILeaseStore Open(string leaseName, LeaseTraits traits) =>
        new KubernetesLeaseStore(client, resource.Of(leaseName), traits.OfGroup(group));

    public async Task<LeaseGroupReply> ListAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long started = timeProvider.GetTimestamp();
        var replies = new LeaseListReplies(resource);
        do
        {
            string? from = replies.Continue;
            var request = new ApiRequest(HttpMethod.Get, left => resource.ForPage(from, left)) { MaxAnswer = MaxPage };
            using ApiOutcome outcome = await client.SendAsync(request, timeout - timeProvider.GetElapsedTime(started), cancellationToken)
                .ConfigureAwait(false);
            if (replies.Add(outcome) is { } failed)
                return failed;
        }
        while (replies.Continue is not null);
        return replies.Reply;
    }

    public IAsyncEnumerable<LeaseGroupEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) => WatchRun.RunAsync(
        client,
        resource,
        seconds => resource.ForWatch(resourceVersion, seconds),
        (type, json) => LeaseEvents.OfGroup(resource, type, LeaseDocumentReader.Read(json, known: null)!),
        cancellationToken);

    public async Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout, CancellationToken cancellationToken)
    {
        LeaseResource lease = resource.Of(leaseName);
        var request = new ApiRequest(HttpMethod.Delete, lease.ForItem, LeaseBodies.ForDelete(current));
        using ApiOutcome outcome = await client.SendAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        return new LeaseReplies(lease).ForDelete(outcome);
    }

    /// <summary>The connection is its source's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
