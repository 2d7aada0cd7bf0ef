using System.Net;
using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>
/// Says what an outcome means for a read, a create or a replace. The rule for writes: "failed" only if it certainly was not carried out,
/// else "unknown". A 5xx is unknown: an API server can time out on etcd after etcd has committed.
/// </summary>
internal sealed class LeaseReplies(LeaseResource resource)
{
    public LeaseReply ForRead(ApiOutcome outcome) => outcome switch
    {
        ApiOutcome.NoAnswer none => new LeaseReply.Failed(none.Error),
        ApiOutcome.Answer { Status: HttpStatusCode.OK } answer => Found(answer, error => new LeaseReply.Failed(error)),
        ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfLease(answer) => new LeaseReply.Absent(),
        ApiOutcome.Answer answer => new LeaseReply.Failed(ApiErrors.From(answer, "get", resource)),
        _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
    };

    public LeaseReply ForCreate(ApiOutcome outcome) => outcome is ApiOutcome.Answer { Status: HttpStatusCode.Conflict } answer
        && ApiErrors.ReadStatus(answer.Body) is null or { Reason: "AlreadyExists" }
            ? new LeaseReply.Conflict()
            : ForWrite(outcome, "create");

    public LeaseReply ForReplace(ApiOutcome outcome) => outcome switch
    {
        ApiOutcome.Answer { Status: HttpStatusCode.Conflict } => new LeaseReply.Conflict(),
        ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfLease(answer) => new LeaseReply.Absent(),
        _ => ForWrite(outcome, "update"),
    };

    private LeaseReply ForWrite(ApiOutcome outcome, string verb) => outcome switch
    {
        ApiOutcome.NoAnswer { MayHaveArrived: true } none => new LeaseReply.Unknown(none.Error),
        ApiOutcome.NoAnswer none => new LeaseReply.Failed(none.Error),
        ApiOutcome.Answer { Status: HttpStatusCode.OK or HttpStatusCode.Created } answer =>
            Found(answer, error => new LeaseReply.Unknown(error)),
        ApiOutcome.Answer { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } answer =>
            new LeaseReply.Failed(ApiErrors.From(answer, verb, resource)),
        ApiOutcome.Answer answer => new LeaseReply.Unknown(ApiErrors.From(answer, verb, resource)),
        _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
    };

    private LeaseReply Found(ApiOutcome.Answer answer, Func<LeaseStoreError, LeaseReply> otherwise)
    {
        try
        {
            if (JsonSerializer.Deserialize(answer.Body.Span, LeaseJsonContext.Default.LeaseDocument) is { } document && IsOurs(document))
                return new LeaseReply.Found(document.ToLease());
            return otherwise(NoLease("it is JSON, but not this lease", exception: null));
        }
        catch (JsonException e)
        {
            return otherwise(NoLease(e.Message, e));
        }
    }

    // Without uid and resourceVersion the next write would not be a compare-and-swap.
    private bool IsOurs(LeaseDocument document) =>
        document.Kind == "Lease"
        && document.Metadata is { Uid.Length: > 0, ResourceVersion.Length: > 0 } metadata
        && metadata.Name == resource.Name;

    /// <summary>
    /// A lease that is not there is named in the Status. A 404 of anything else (the namespace, the API itself, a gateway) must not pass
    /// for it: "absent" means "free to take".
    /// </summary>
    private static bool IsOfLease(ApiOutcome.Answer answer) =>
        ApiErrors.ReadStatus(answer.Body) is { Reason: "NotFound", Details.Kind: "leases" };

    private LeaseStoreError NoLease(string why, Exception? exception) => new(
        LeaseStoreErrorKind.InvalidResponse,
        $"{resource.ServerText} answered with something that is no Lease: {why.TrimEnd('.')}. Is a proxy or something else listening there?")
    {
        Exception = exception,
    };
}
