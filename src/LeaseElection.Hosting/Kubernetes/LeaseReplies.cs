using System.Net;
using System.Text.Json;
using System.Text.Unicode;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>
/// Says what an outcome means for a read, a create, a replace or a delete. The rule for writes: "failed" only if it certainly was not
/// carried out, else "unknown". A 5xx is unknown: an API server can time out on etcd after etcd has committed.
/// </summary>
internal sealed class LeaseReplies(LeaseResource resource)
{
    public LeaseReply ForRead(ApiOutcome outcome) => outcome switch
    {
        ApiOutcome.NoAnswer none => new LeaseReply.Failed(none.Error),
        ApiOutcome.Answer { Status: HttpStatusCode.OK } answer => Found(answer, known: null, error => new LeaseReply.Failed(error)),
        ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfLease(answer) => new LeaseReply.Absent(),
        ApiOutcome.Answer answer => new LeaseReply.Failed(ApiErrors.From(answer, "get", resource)),
        _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
    };

    public LeaseReply ForCreate(ApiOutcome outcome, LeaseRecord written) =>
        outcome is ApiOutcome.Answer { Status: HttpStatusCode.Conflict } answer
        && ApiErrors.ReadStatus(answer.Body) is null or { Reason: "AlreadyExists" }
            ? new LeaseReply.Conflict()
            : ForWrite(outcome, "create", replaced: null, written);

    public LeaseReply ForReplace(ApiOutcome outcome, Lease replaced, LeaseRecord written) => outcome switch
    {
        // A webhook may refuse with any code. Taken for somebody else's write, that would be read and tried again, and nobody told of it.
        ApiOutcome.Answer { Status: HttpStatusCode.Conflict } answer
            when PolicyRefusal.By(409, ApiErrors.ReadStatus(answer.Body), "update") is null => new LeaseReply.Conflict(),
        ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfLease(answer) => new LeaseReply.Absent(),
        _ => ForWrite(outcome, "update", replaced, written),
    };

    public LeaseReply ForDelete(ApiOutcome outcome) => outcome switch
    {
        ApiOutcome.Answer { Status: HttpStatusCode.Conflict } => new LeaseReply.Conflict(),
        ApiOutcome.Answer { Status: HttpStatusCode.NotFound } answer when IsOfLease(answer) => new LeaseReply.Absent(),
        _ => Success(outcome, HttpStatusCode.Accepted) is { } answer ? Deleted(answer) : NotDone(outcome, "delete"),
    };

    /// <summary>The lease holds half a character (<c>"\ud800"</c>), which JSON allows to be read and nobody can write.</summary>
    public LeaseReply NotWritable(Exception exception) =>
        new LeaseReply.Failed(NoLease($"what it holds cannot be written back ({exception.Message.TrimEnd('.')})", exception));

    private LeaseReply ForWrite(ApiOutcome outcome, string verb, Lease? replaced, LeaseRecord written) =>
        Success(outcome, HttpStatusCode.Created) is { } answer
            ? Written(Found(answer, replaced, error => new LeaseReply.Unknown(error)), replaced, written)
            : NotDone(outcome, verb);

    private static ApiOutcome.Answer? Success(ApiOutcome outcome, HttpStatusCode likeOk) =>
        outcome is ApiOutcome.Answer answer && (answer.Status == HttpStatusCode.OK || answer.Status == likeOk) ? answer : null;

    private LeaseReply NotDone(ApiOutcome outcome, string verb) => outcome switch
    {
        ApiOutcome.NoAnswer { MayHaveArrived: true } none => new LeaseReply.Unknown(none.Error),
        ApiOutcome.NoAnswer none => new LeaseReply.Failed(none.Error),
        ApiOutcome.Answer { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } answer =>
            new LeaseReply.Failed(ApiErrors.From(answer, verb, resource)),
        ApiOutcome.Answer answer => new LeaseReply.Unknown(ApiErrors.From(answer, verb, resource)),
        _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
    };

    /// <summary>
    /// A Status of success; or the lease, while a finalizer of somebody keeps it, which nobody can take up any more all the same.
    /// </summary>
    private LeaseReply Deleted(ApiOutcome.Answer answer)
    {
        LeaseReply? unknown = ApiErrors.ReadStatus(answer.Body) is null
            ? Found(answer, known: null, error => new LeaseReply.Unknown(error)) as LeaseReply.Unknown
            : null;
        return unknown ?? new LeaseReply.Absent();
    }

    /// <summary>
    /// Only what we wrote confirms that we wrote it: a cache that answers a write with the version before, or a gateway with another
    /// cluster's lease, would make a leader of somebody whom no API server has heard of.
    /// </summary>
    private LeaseReply Written(LeaseReply reply, Lease? replaced, LeaseRecord written) =>
        reply is LeaseReply.Found { Lease: var lease }
        && (WithHolder(lease.Record) != WithHolder(written) || (replaced is not null && lease.Uid != replaced.Uid))
            ? new LeaseReply.Unknown(NoLease("it is a Lease, but not as it was just written", exception: null))
            : reply;

    // No holder is null or empty, and a server may make the one of the other.
    private static LeaseRecord WithHolder(LeaseRecord record) =>
        record.HolderIdentity is null ? record with { HolderIdentity = "" } : record;

    private LeaseReply Found(ApiOutcome.Answer answer, Lease? known, Func<LeaseStoreError, LeaseReply> otherwise)
    {
        // The parser looks only at what it needs as text; the rest would fail when it is written back.
        if (!Utf8.IsValid(answer.Body.Span))
            return otherwise(NoLease("it is not UTF-8", exception: null));
        try
        {
            if (LeaseDocumentReader.Read(answer.Body.Span, known?.Document) is { } document && resource.Is(document))
                return new LeaseReply.Found(document.ToLease());
            return otherwise(NoLease("it is JSON, but not this lease", exception: null));
        }
        catch (JsonException e)
        {
            return otherwise(NoLease(e.Message, e));
        }
    }

    /// <summary>
    /// A lease that is not there is named in the Status. A 404 of anything else (the namespace, the API itself, a gateway) must not pass
    /// for it: "absent" means "free to take".
    /// </summary>
    private static bool IsOfLease(ApiOutcome.Answer answer) =>
        ApiErrors.ReadStatus(answer.Body) is { Reason: "NotFound", Details.Kind: "leases" };

    private LeaseStoreError NoLease(string why, Exception? exception) => new(
        LeaseStoreErrorKind.InvalidResponse,
        $"{resource.ServerText} answered with something that is no Lease: {Excerpt.Of(why.TrimEnd('.'))}. Is a proxy or "
        + "something else listening there?")
    {
        Exception = exception,
    };
}
