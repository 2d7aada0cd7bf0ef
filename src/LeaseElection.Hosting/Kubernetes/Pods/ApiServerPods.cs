using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>The Pods of an API server, over connections of their own: what happens to these costs no renewal.</summary>
internal sealed class ApiServerPods(KubernetesConnection connection, TimeProvider timeProvider, ILogger logger) : IPodSource
{
    /// <summary>What the lease requests have at most; after it the server gives up as well.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2.5);

    private readonly ApiServerClient _client = new(connection, timeProvider, logger);

    public async IAsyncEnumerable<PodFacts?> FollowAsync(string pod, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (pod.Split('/') is not [{ Length: > 0 } podNamespace, { Length: > 0 } podName])
        {
            throw new LeaseWatchException(new LeaseStoreError(
                LeaseStoreErrorKind.Rejected, $"'{Excerpt.Of(pod)}' is no namespace and name of a Pod."));
        }

        var resource = new PodResource(connection.Server, podNamespace, podName);
        PodDocument? first = await ReadAsync(resource, cancellationToken).ConfigureAwait(false);
        yield return first?.ToFacts();
        if (first is null)
            yield break;
        string version = first.Metadata!.ResourceVersion!;
        IAsyncEnumerable<PodChange> changes = WatchRun.RunFromAsync(
            _client, resource, version, resource.ForWatch,
            (type, json) => Change(resource, type, JsonSerializer.Deserialize(json, PodJsonContext.Default.PodDocument)!, version),
            change => change,
            cancellationToken);
        await foreach (PodChange change in changes.ConfigureAwait(false))
        {
            yield return change.Pod;
            if (change.Pod is null)
                yield break;
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<PodDocument?> ReadAsync(PodResource resource, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, resource.ForItem);
        using ApiOutcome outcome = await _client.SendAsync(request, RequestTimeout, cancellationToken).ConfigureAwait(false);
        return outcome switch
        {
            ApiOutcome.NoAnswer none => throw new LeaseWatchException(none.Error),
            ApiOutcome.Answer { Status: HttpStatusCode.OK } answer => Parse(resource, answer),
            ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfPod(answer) => null,
            ApiOutcome.Answer answer => throw new LeaseWatchException(ApiErrors.From(answer, "get", resource)),
            _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
        };
    }

    private static bool IsOfPod(ApiOutcome.Answer answer) =>
        ApiErrors.ReadStatus(answer.Body) is { Reason: "NotFound", Details.Kind: "pods" };

    private static PodDocument Parse(PodResource resource, ApiOutcome.Answer answer)
    {
        try
        {
            if (JsonSerializer.Deserialize(answer.Body.Span, PodJsonContext.Default.PodDocument) is { } document && resource.Is(document))
                return document;
            throw NoPod(resource, "it is JSON, but not this Pod", exception: null);
        }
        catch (JsonException e)
        {
            throw NoPod(resource, e.Message, e);
        }
    }

    private static LeaseWatchException NoPod(PodResource resource, string why, Exception? exception) => new(new LeaseStoreError(
        LeaseStoreErrorKind.InvalidResponse,
        $"{resource.ServerText} answered with something that is no Pod: {Excerpt.Of(why.TrimEnd('.'))}. Is a proxy or something "
        + "else listening there?")
    {
        Exception = exception,
    });

    /// <summary>Nothing, where it is what was read, or older: a watch may begin with what a cache has.</summary>
    /// <exception cref="JsonException">It is no event of a watch of Pods.</exception>
    private static PodChange? Change(PodResource resource, string? type, PodDocument document, string known)
    {
        if (type is not ("ADDED" or "MODIFIED" or "DELETED") || document.Metadata?.Name is { } name && name != resource.Name)
            return null;
        if (!resource.Is(document))
            throw new JsonException("an event is not about a Pod");
        bool isOld = ResourceVersion.Compare(document.Metadata!.ResourceVersion!, known) is <= 0;
        return isOld ? null : new PodChange(type == "DELETED" ? null : document.ToFacts());
    }

    private sealed record PodChange(PodFacts? Pod);
}
