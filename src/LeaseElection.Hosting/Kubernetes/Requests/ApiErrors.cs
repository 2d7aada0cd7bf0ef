using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Explains a refusal: the cause, and what an operator can do about it.</summary>
internal static class ApiErrors
{
    /// <summary>What an API server says in plain text: of a shutdown, an overload, a panic, an authorizer that failed.</summary>
    private static readonly string[] OwnWords =
    [
        "apiserver is shutting down", "Too many requests, please try again later.", "caused apiserver to panic",
        "Internal Server Error: \"/api",
    ];

    private const string Nobody = "system:anonymous";
    private const int MostOfAPage = 2000;

    /// <summary>The Status a refusal comes with; <see langword="null"/> if its body is something else (a proxy's page, nothing).</summary>
    public static ApiStatus? ReadStatus(ReadOnlyMemory<byte> body) => Parse(body) is { Kind: "Status" } status ? status : null;

    /// <param name="answer">Its status is no success.</param>
    /// <param name="verb">The RBAC verb of the request: get, list, watch, create, update, delete.</param>
    /// <param name="target">What it was about.</param>
    public static LeaseStoreError From(ApiOutcome.Answer answer, string verb, IRequestTarget target) =>
        From((int)answer.Status, ReadReason(answer.Body), PageIn(answer.Body), answer.RetryAfter, verb, target);

    /// <summary>The same for a Status that came inside a watch.</summary>
    public static LeaseStoreError From(ApiStatus status, string verb, IRequestTarget target) =>
        From(status.Code ?? 500, status, page: "", retryAfter: null, verb, target);

    /// <param name="code">Of HTTP.</param>
    /// <param name="status">What an API server says with it.</param>
    /// <param name="page">What was said where that is no Status.</param>
    /// <param name="retryAfter">When to ask again.</param>
    /// <param name="verb">As above.</param>
    /// <param name="target">As above.</param>
    private static LeaseStoreError From(
        int code, ApiStatus? status, string page, TimeSpan? retryAfter, string verb, IRequestTarget target)
    {
        string server = target.ServerText;
        string said = Said(status?.Message ?? page);
        bool isForeign = status is null && page.Length > 0
            && !Array.Exists(OwnWords, words => page.Contains(words, StringComparison.Ordinal));
        retryAfter ??= status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;
        LeaseStoreError error = code switch
        {
            401 or 403 when isForeign => Error(
                code == 401 ? LeaseStoreErrorKind.Unauthorized : LeaseStoreErrorKind.Forbidden,
                $"Not allowed to {verb} {target.Resource} at {server} ({code}), but not by an API server: something in front of it (a "
                + $"gateway, a proxy that wants to be logged in to, a firewall) refuses us, and no Role helps against that.{said}"),
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
            429 or 503 when (code == 429 || retryAfter is not null) && isForeign => Error(
                LeaseStoreErrorKind.Throttled, NotReached(server, code, said)),
            429 or 503 when code == 429 || retryAfter is not null => Error(
                LeaseStoreErrorKind.Throttled,
                page.Contains("shutting down", StringComparison.Ordinal)
                    ? $"{server} is shutting down and asks to try again ({code}): another one answers, or it does when it is back.{said}"
                    : $"{server} is overloaded and asks to wait ({code}). If it stays so, give {target.Plural} a FlowSchema of higher "
                        + $"priority.{said}"),
            >= 500 when PolicyRefusal.UnreachableWebhookOf(status) is { } webhook => Error(
                LeaseStoreErrorKind.ServerError,
                $"{server} may not {verb} {target.Words} without asking the admission webhook "
                + $"'{webhook}', which does not answer ({code}). Mend the webhook, or exempt leases from it.{said}"),
            >= 500 when isForeign => Error(LeaseStoreErrorKind.ServerError, NotReached(server, code, said)),
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
        if (message?.Contains($"\"{Nobody}\"", StringComparison.Ordinal) is true)
        {
            return $"{target.ServerText} takes us for {Nobody} (403): our credentials did not reach it. Is there something in front of it "
                + "that ends TLS, by which a client certificate is lost, or that takes the Authorization header away? No Role helps "
                + "against that, other than one for everybody.";
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

    /// <summary>
    /// A Status also where it does not say that it is one, as that of an API server which gave up at the time that the request named (504).
    /// For words only: nothing is decided by it.
    /// </summary>
    private static ApiStatus? ReadReason(ReadOnlyMemory<byte> body) =>
        Parse(body) is { } read && read is { Kind: "Status" } or { Kind: null, Status: "Failure" } ? read : null;

    private static ApiStatus? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, KubernetesJsonContext.Default.ApiStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string NotReached(string server, int code, string said) =>
        $"{server} was not reached, or not in time: what answered ({code}) is no API server, but something in front of it, such as a load "
        + $"balancer or a proxy. Look there, and whether an API server is up behind it.{said}";

    private static string Said(string message) => message.Length > 0 ? $" The server said: {Excerpt.Of(message)}" : "";

    /// <summary>In one line, and no longer than is shown: it may be a page of HTML.</summary>
    private static string PageIn(ReadOnlyMemory<byte> body)
    {
        string page = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MostOfAPage)]);
        return string.Join(' ', page.Split([.. page.Where(c => char.IsControl(c) || c == ' ')], StringSplitOptions.RemoveEmptyEntries));
    }

    private static LeaseStoreError Error(LeaseStoreErrorKind kind, string message) => new(kind, message);
}
