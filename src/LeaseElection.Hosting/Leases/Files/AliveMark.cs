using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// What a lease says about its holder's <see cref="AliveFile"/>, in two annotations. The holder's identity is part of it: whoever
/// edits the holder by hand leaves the annotations, and the death of the process they speak of proves nothing about the new holder.
/// </summary>
internal sealed record AliveMark(string FileName, string Holder)
{
    public const string FileAnnotation = "leaseelection.dev/alive-file";
    public const string HolderAnnotation = "leaseelection.dev/alive-holder";

    private const string Annotations = "annotations";

    /// <summary>The mark of the lease's present holder, if it has one that can be trusted.</summary>
    public static AliveMark? Of(LeaseDocument document)
    {
        if (document.Metadata?.Extra?.TryGetValue(Annotations, out JsonElement annotations) != true
            || annotations.ValueKind != JsonValueKind.Object
            || Text(annotations, FileAnnotation) is not { } fileName
            || Text(annotations, HolderAnnotation) is not { } holder)
            return null;
        // A name of any other form could lead out of the folder, to a file that some other program leaves unlocked.
        return AliveFile.IsName(fileName) && holder.Length > 0 && holder == document.Spec?.Record.HolderIdentity
            ? new AliveMark(fileName, holder)
            : null;
    }

    /// <summary>The metadata with this mark, or without any, and all other annotations as they were.</summary>
    public static LeaseMetadata Put(AliveMark? mark, LeaseMetadata metadata)
    {
        Dictionary<string, JsonElement> extra = metadata.Extra is null ? [] : new(metadata.Extra);
        JsonObject annotations = extra.TryGetValue(Annotations, out JsonElement present) && present.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(present)!
            : [];
        if (mark is not null)
        {
            annotations[FileAnnotation] = mark.FileName;
            annotations[HolderAnnotation] = mark.Holder;
        }
        else
        {
            annotations.Remove(FileAnnotation);
            annotations.Remove(HolderAnnotation);
        }
        if (annotations.Count > 0)
            extra[Annotations] = JsonElement.Parse(annotations.ToJsonString());
        else
            extra.Remove(Annotations);
        return metadata with { Extra = extra.Count > 0 ? extra : null };
    }

    private static string? Text(JsonElement annotations, string name) =>
        annotations.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
