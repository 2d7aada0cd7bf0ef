using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Explains a refusal: the cause, and what an operator can do about it.</summary>
internal static class ApiErrors
{
    /// <summary>The Status a refusal comes with; <see langword="null"/> if its body is something else (a proxy's page, nothing).</summary>
    public static ApiStatus? ReadStatus(ReadOnlyMemory<byte> body)
    {
        try
        {
            ApiStatus? status = JsonSerializer.Deserialize(body.Span, KubernetesJsonContext.Default.ApiStatus);
            return status is { Kind: "Status" } ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="answer">Its status is no success.</param>
    /// <param name="verb">The RBAC verb of the request: get, list, watch, create, update, delete.</param>
    /// <param name="target">What it was about.</param>
    public static LeaseStoreError From(ApiOutcome.Answer answer, string verb, IRequestTarget target) =>
        From((int)answer.Status, ReadStatus(answer.Body), answer.RetryAfter, verb, target);

    /// <summary>The same for a Status that came inside a watch.</summary>
    public static LeaseStoreError From(ApiStatus status, string verb, IRequestTarget target) =>
        From(status.Code ?? 500, status, retryAfter: null, verb, target);

    private static LeaseStoreError From(int code, ApiStatus? status, TimeSpan? retryAfter, string verb, IRequestTarget target)
    {
        string server = target.ServerText;
        string said = Said(status);
        retryAfter ??= status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;
        LeaseStoreError error = code switch
        {
            401 => Error(
                LeaseStoreErrorKind.Unauthorized,
                $"{server} does not accept our credentials (401), not even read anew. Check that token or certificate belong to "
                + $"this cluster, are not expired, and that the service account still exists.{said}"),
            403 => Error(LeaseStoreErrorKind.Forbidden, Forbidden(status, verb, target) + said),
            400 or (> 403 and < 500) when PolicyRefusal.By(code, status, verb) is { } policy => Error(
                LeaseStoreErrorKind.Rejected, ByPolicy(policy, code, verb, target) + said),
            404 when status?.Details?.Kind is "namespaces" => Error(
                LeaseStoreErrorKind.NotFound,
                $"The namespace '{target.Namespace}' does not exist at {server}. Create it, or correct LeaderElection:LeaseNamespace."),
            404 => Error(
                LeaseStoreErrorKind.NotFound,
                $"{server} has no {target.Api} (404 for {verb} in namespace '{target.Namespace}'). Check that "
                + $"the address is that of a Kubernetes API server, 1.14 or newer, path included.{said}"),
            410 => Error(
                LeaseStoreErrorKind.Gone,
                $"{server} no longer knows the version to {(verb == "list" ? "read on" : "watch")} from (410). Reading "
                + $"anew helps.{said}"),
            429 or 503 when code == 429 || retryAfter is not null => Error(
                LeaseStoreErrorKind.Throttled,
                $"{server} is overloaded and asks to wait ({code}). If it stays so, give {target.Plural} a FlowSchema of higher "
                + $"priority.{said}"),
            >= 500 when PolicyRefusal.UnreachableWebhookOf(status) is { } webhook => Error(
                LeaseStoreErrorKind.ServerError,
                $"{server} may not {verb} {target.Words} without asking the admission webhook "
                + $"'{webhook}', which does not answer ({code}). Mend the webhook, or exempt leases from it.{said}"),
            >= 500 => Error(
                LeaseStoreErrorKind.ServerError, $"{server} failed ({code}). Look into the logs of the API server and of etcd.{said}"),
            < 400 => Error(
                LeaseStoreErrorKind.InvalidResponse,
                $"{server} answered to {verb} with {code}, which an API server does not do. Is a proxy or something else listening there?"),
            _ => Error(
                LeaseStoreErrorKind.Rejected,
                $"{server} refuses to {verb} {target.Words} ({code}).{said}"),
        };
        return error with { RetryAfter = retryAfter };
    }

    private static string Forbidden(ApiStatus? status, string verb, IRequestTarget target)
    {
        // Admission refuses with 403 too, and no Role helps against that.
        string? message = status?.Message;
        if (message?.Contains("being terminated", StringComparison.Ordinal) is true)
            return $"The namespace '{target.Namespace}' is being deleted, so no lease can be created in it.";
        if (message?.Contains("exceeded quota", StringComparison.Ordinal) is true)
            return $"A ResourceQuota of the namespace '{target.Namespace}' leaves no room for {target.Words}.";
        if (message?.Contains("cannot impersonate resource", StringComparison.Ordinal) is true)
        {
            return $"The kubeconfig's user may not act as the one that its 'as' names, at {target.ServerText} (403). Grant the verb "
                + "impersonate on that user, with its groups and what else is named, or remove 'as'.";
        }
        if (PolicyRefusal.By(403, status, verb) is { } policy)
            return ByPolicy(policy, 403, verb, target);
        return $"Not allowed to {verb} {target.Resource} in namespace '{target.Namespace}' at {target.ServerText} "
            + $"(403). {target.Grant(verb)}";
    }

    private static string ByPolicy(string policy, int code, string verb, IRequestTarget target) =>
        $"{policy} refuses to {verb} {target.LongWords} at {target.ServerText} ({code}); no "
        + $"Role helps against that. {(verb == "create" ? "Make the Lease beforehand with" : "Give the Lease")} what is asked for, such as "
        + "labels, or exempt it.";

    private static string Said(ApiStatus? status) => status?.Message is { Length: > 0 } message
        ? $" The server said: {Excerpt.Of(message)}"
        : "";

    private static LeaseStoreError Error(LeaseStoreErrorKind kind, string message) => new(kind, message);
}
