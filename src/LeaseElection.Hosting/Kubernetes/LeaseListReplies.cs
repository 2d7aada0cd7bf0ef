using System.Net;
using System.Text.Json;
using System.Text.Unicode;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>Says what an outcome means for a page of a list, and gathers the pages.</summary>
internal sealed class LeaseListReplies(LeaseGroupResource group)
{
    private const string Kind = "Lease";
    private const string ApiVersion = "coordination.k8s.io/v1";

    private readonly Dictionary<string, Lease> _leases = [];
    private string _version = "";

    /// <summary>Where the next page begins; <see langword="null"/> after the last one.</summary>
    public string? Continue { get; private set; }

    public LeaseGroupReply Reply => new LeaseGroupReply.Found(_leases, _version);

    /// <returns>Why it cannot be gone on; <see langword="null"/> if it can.</returns>
    public LeaseGroupReply.Failed? Add(ApiOutcome outcome) => outcome switch
    {
        ApiOutcome.NoAnswer none => new LeaseGroupReply.Failed(none.Error),
        ApiOutcome.Answer { Status: HttpStatusCode.OK } answer => Add(answer),
        ApiOutcome.Answer answer => new LeaseGroupReply.Failed(ApiErrors.From(answer, "list", group)),
        _ => throw new InvalidOperationException($"A new kind of outcome: {outcome.GetType()}"),
    };

    private LeaseGroupReply.Failed? Add(ApiOutcome.Answer answer)
    {
        if (!Utf8.IsValid(answer.Body.Span))
            return NoList("it is not UTF-8", exception: null);
        try
        {
            if (JsonSerializer.Deserialize(answer.Body.Span, KubernetesJsonContext.Default.LeaseListPage)
                    is not { Kind: Kind + "List", ApiVersion: ApiVersion } page
                || page.Metadata is not { ResourceVersion: { Length: > 0 } version } metadata)
                return NoList("it is JSON, but no list of leases", exception: null);
            foreach (JsonElement item in page.Items ?? [])
                Add(item);
            (_version, Continue) = (version, string.IsNullOrEmpty(metadata.Continue) ? null : metadata.Continue);
            return null;
        }
        catch (JsonException e)
        {
            return NoList(e.Message, e);
        }
    }

    /// <summary>
    /// One that cannot be read is left out, for the others' sake: whoever wants it reads it by itself, and is told what is wrong.
    /// </summary>
    private void Add(JsonElement item)
    {
        try
        {
            if (item.Deserialize(LeaseJsonContext.Default.LeaseDocument) is not { } entry)
                return;
            // An entry does not say what the list has said for all. Whoever writes it back must.
            LeaseDocument document = entry with { Kind = entry.Kind ?? Kind, ApiVersion = entry.ApiVersion ?? ApiVersion };
            if (group.Has(document))
                _leases[document.Metadata!.Name!] = document.ToLease();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a character, or a time that is none.
        }
    }

    private LeaseGroupReply.Failed NoList(string why, Exception? exception) => new(new LeaseStoreError(
        LeaseStoreErrorKind.InvalidResponse,
        $"{group.ServerText} answered with something that is no list of leases: {Excerpt.Of(why.TrimEnd('.'))}. Is a proxy or something "
        + "else listening there?")
    {
        Exception = exception,
    });
}
