using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Reads a Lease. What says the same as in a version that is known already is taken from there, not made anew: from one renewal to the next
/// that is all but two fields. A field that is not there is <see langword="null"/>, whatever a new document would have.
/// </summary>
internal static class LeaseDocumentReader
{
    /// <param name="text">The document and nothing else, in UTF-8.</param>
    /// <param name="known">Another version of it, if there is one.</param>
    /// <returns><see langword="null"/> for the word null.</returns>
    /// <exception cref="JsonException">It is no JSON, or none of a Lease.</exception>
    public static LeaseDocument? Read(ReadOnlySpan<byte> text, LeaseDocument? known)
    {
        try
        {
            var json = new Utf8JsonReader(text);
            json.Read();
            LeaseDocument? document = Read(ref json, text, known);
            json.Read(); // Throws if more follows.
            return document;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("half a character is no text", e);
        }
    }

    /// <param name="json">Stands at the beginning, and then at the end.</param>
    /// <param name="text">What it reads; not needed where nothing is known.</param>
    /// <param name="known">Another version of the document, if there is one.</param>
    public static LeaseDocument? Read(ref Utf8JsonReader json, ReadOnlySpan<byte> text, LeaseDocument? known)
    {
        if (!IsObject(ref json, "a Lease"))
            return null;
        string? apiVersion = null, kind = null;
        LeaseMetadata? metadata = null;
        LeaseSpec? spec = null;
        var others = new OtherFields(text, known?.Extra);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref json, "apiVersion"u8))
                apiVersion = Text(ref json, "apiVersion", known?.ApiVersion);
            else if (IsNamed(ref json, "kind"u8))
                kind = Text(ref json, "kind", known?.Kind);
            else if (IsNamed(ref json, "metadata"u8))
                metadata = Metadata(ref json, text, known?.Metadata);
            else if (IsNamed(ref json, "spec"u8))
                spec = Spec(ref json, text, known?.Spec);
            else
                others.Add(ref json);
        }
        return new LeaseDocument
        {
            ApiVersion = apiVersion!,
            Kind = kind!,
            Metadata = metadata,
            Spec = spec,
            Extra = others.ToDictionary(),
        };
    }

    /// <summary>Of which lease a document is, without reading the rest; <see langword="null"/> if it does not say.</summary>
    public static string? NameOf(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        return json.Read() && Enter(ref json, "metadata"u8) && Enter(ref json, "name"u8) && json.TokenType == JsonTokenType.String
            ? json.GetString()
            : null;
    }

    private static LeaseMetadata? Metadata(ref Utf8JsonReader json, ReadOnlySpan<byte> text, LeaseMetadata? known)
    {
        if (!IsObject(ref json, "metadata"))
            return null;
        string? name = null, leaseNamespace = null, uid = null, resourceVersion = null;
        var others = new OtherFields(text, known?.Extra);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref json, "name"u8))
                name = Text(ref json, "metadata.name", known?.Name);
            else if (IsNamed(ref json, "namespace"u8))
                leaseNamespace = Text(ref json, "metadata.namespace", known?.Namespace);
            else if (IsNamed(ref json, "uid"u8))
                uid = Text(ref json, "metadata.uid", known?.Uid);
            else if (IsNamed(ref json, "resourceVersion"u8))
                resourceVersion = Text(ref json, "metadata.resourceVersion", known?.ResourceVersion);
            else if (IsNamed(ref json, "managedFields"u8))
                json.Skip();
            else
                others.Add(ref json);
        }
        return new LeaseMetadata
        {
            Name = name,
            Namespace = leaseNamespace,
            Uid = uid,
            ResourceVersion = resourceVersion,
            Extra = others.ToDictionary(),
        };
    }

    private static LeaseSpec? Spec(ref Utf8JsonReader json, ReadOnlySpan<byte> text, LeaseSpec? known)
    {
        if (!IsObject(ref json, "spec"))
            return null;
        string? holderIdentity = null;
        int? leaseDurationSeconds = null, leaseTransitions = null;
        DateTimeOffset? acquireTime = null, renewTime = null;
        var others = new OtherFields(text, known?.Extra);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref json, "holderIdentity"u8))
                holderIdentity = Text(ref json, "spec.holderIdentity", known?.Record.HolderIdentity);
            else if (IsNamed(ref json, "leaseDurationSeconds"u8))
                leaseDurationSeconds = Number(ref json, "spec.leaseDurationSeconds");
            else if (IsNamed(ref json, "acquireTime"u8))
                acquireTime = MicroTime.Read(ref json);
            else if (IsNamed(ref json, "renewTime"u8))
                renewTime = MicroTime.Read(ref json);
            else if (IsNamed(ref json, "leaseTransitions"u8))
                leaseTransitions = Number(ref json, "spec.leaseTransitions");
            else
                others.Add(ref json);
        }
        var record = new LeaseRecord
        {
            HolderIdentity = holderIdentity,
            LeaseDurationSeconds = leaseDurationSeconds,
            AcquireTime = acquireTime,
            RenewTime = renewTime,
            LeaseTransitions = leaseTransitions,
        };
        return new LeaseSpec(record) { Extra = others.ToDictionary() };
    }

    /// <summary>Whether the field at which it stands has this name; if so it goes on to the value.</summary>
    private static bool IsNamed(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.ValueTextEquals(name) && json.Read();

    /// <summary>Goes to the value of a field of the object at which it stands.</summary>
    private static bool Enter(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref json, name))
                return true;
            json.Skip();
        }
        return false;
    }

    private static bool IsObject(ref Utf8JsonReader json, string what) => json.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw Unexpected(ref json, what, "an object"),
    };

    private static string? Text(ref Utf8JsonReader json, string what, string? known) => json.TokenType switch
    {
        JsonTokenType.String => known is not null && json.ValueTextEquals(known) ? known : json.GetString(),
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref json, what, "a string"),
    };

    private static int? Number(ref Utf8JsonReader json, string what) => json.TokenType switch
    {
        JsonTokenType.Number when json.TryGetInt32(out int number) => number,
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref json, what, "a whole number of 32 bits"),
    };

    private static JsonException Unexpected(ref Utf8JsonReader json, string what, string wanted) =>
        new($"{what} is {wanted}, not a {json.TokenType} as at byte {json.TokenStartIndex}");
}
