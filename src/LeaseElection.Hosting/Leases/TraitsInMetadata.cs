using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>Reads and writes the labels, annotations and owners of a lease, beside those that others have put there.</summary>
internal static class TraitsInMetadata
{
    public const string Labels = "labels";
    public const string Annotations = "annotations";

    private const string Owners = "ownerReferences";

    /// <summary>
    /// The metadata with these labels and annotations, and everything else as it was. What has them already comes back as it is, so that a
    /// renewal sends what it would have sent without.
    /// </summary>
    public static LeaseMetadata Put(LeaseTraits traits, LeaseMetadata metadata)
    {
        Dictionary<string, JsonElement>? extra = metadata.Extra;
        PutTexts(ref extra, Labels, traits.Labels!);
        PutTexts(ref extra, Annotations, traits.Annotations!);
        return ReferenceEquals(extra, metadata.Extra) ? metadata : metadata with { Extra = extra };
    }

    /// <summary>The metadata with these annotations, without those that are to go, and everything else as it was.</summary>
    public static LeaseMetadata Annotate(this LeaseMetadata metadata, IReadOnlyDictionary<string, string?> annotations)
    {
        Dictionary<string, JsonElement>? extra = metadata.Extra;
        PutTexts(ref extra, Annotations, annotations);
        return ReferenceEquals(extra, metadata.Extra) ? metadata : metadata with { Extra = extra };
    }

    /// <summary>New metadata with this owner.</summary>
    public static LeaseMetadata OwnedBy(this LeaseMetadata metadata, PodReference? owner)
    {
        if (owner is null)
            return metadata;
        Dictionary<string, JsonElement>? extra = metadata.Extra;
        Set(ref extra, Owners, writer =>
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("apiVersion", "v1");
            writer.WriteString("kind", "Pod");
            writer.WriteString("name", owner.Name);
            writer.WriteString("uid", owner.Uid);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
        return metadata with { Extra = extra };
    }

    public static bool HasLabel(LeaseMetadata metadata, string name, string value) =>
        Field(metadata.Extra, Labels, JsonValueKind.Object) is { } labels && Has(labels, name, value);

    /// <summary>Whether one of them has a name that begins so.</summary>
    public static bool HasName(LeaseMetadata? metadata, string field, ReadOnlySpan<byte> prefix)
    {
        if (Field(metadata?.Extra, field, JsonValueKind.Object) is not { } texts)
            return false;
        foreach (JsonProperty text in texts.EnumerateObject())
        {
            // A name that is written with escapes, as nobody does who has no need to, is read in full.
            ReadOnlySpan<byte> name = JsonMarshal.GetRawUtf8PropertyName(text);
            if (name.StartsWith(prefix) || name.Contains((byte)'\\'))
                return true;
        }
        return false;
    }

    /// <summary>Those that are texts, as all are that an API server keeps. None if one of them holds half a character.</summary>
    public static IReadOnlyDictionary<string, string> Texts(LeaseMetadata? metadata, string field)
    {
        try
        {
            Dictionary<string, string> texts = [];
            foreach (JsonProperty text in Field(metadata?.Extra, field, JsonValueKind.Object)?.EnumerateObject() ?? [])
            {
                if (text.Value.ValueKind == JsonValueKind.String)
                    texts[text.Name] = text.Value.GetString()!;
            }
            return texts;
        }
        catch (InvalidOperationException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static void PutTexts(
        ref Dictionary<string, JsonElement>? extra, string field, IReadOnlyDictionary<string, string?> texts)
    {
        // Beside, for what a lambda uses is allocated before anything is known.
        if (!AreThere(Field(extra, field, JsonValueKind.Object), texts))
            SetTexts(ref extra, field, texts);
    }

    private static void SetTexts(
        ref Dictionary<string, JsonElement>? extra, string field, IReadOnlyDictionary<string, string?> texts)
    {
        JsonElement? present = Field(extra, field, JsonValueKind.Object);
        Set(ref extra, field, writer =>
        {
            writer.WriteStartObject();
            foreach (JsonProperty other in present?.EnumerateObject().Where(other => !texts.ContainsKey(other.Name)) ?? [])
                other.WriteTo(writer);
            foreach ((string name, string? value) in texts)
            {
                if (value is not null)
                    writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        });
    }

    private static bool AreThere(JsonElement? present, IReadOnlyDictionary<string, string?> texts)
    {
        if (texts.Count == 0)
            return true;
        foreach ((string name, string? value) in texts)
        {
            if (!Is(present, name, value))
                return false;
        }
        return true;
    }

    private static bool Is(JsonElement? texts, string name, string? value) => value is null
        ? texts?.TryGetProperty(name, out _) is not true
        : texts is { } present && Has(present, name, value);

    private static bool Has(JsonElement texts, string name, string value) =>
        texts.TryGetProperty(name, out JsonElement present) && present.ValueKind == JsonValueKind.String && present.ValueEquals(value);

    private static JsonElement? Field(Dictionary<string, JsonElement>? extra, string field, JsonValueKind kind) =>
        extra?.TryGetValue(field, out JsonElement present) is true && present.ValueKind == kind ? present : null;

    private static void Set(ref Dictionary<string, JsonElement>? extra, string field, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
            write(writer);
        extra = extra is null ? [] : new(extra);
        extra[field] = JsonElement.Parse(json.WrittenSpan);
    }
}
