using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>Writes a Lease. What is <see langword="null"/> is left out; of what we do not know, nothing is.</summary>
internal static class LeaseDocumentWriter
{
    public static void Write(Utf8JsonWriter writer, LeaseDocument document) =>
        Write(writer, document, document.Metadata, document.Spec?.Record);

    /// <summary>A document with other metadata and another record: made into one only to be written, it would be garbage at once.</summary>
    public static void Write(Utf8JsonWriter writer, LeaseDocument document, LeaseMetadata? metadata, LeaseRecord? record)
    {
        writer.WriteStartObject();
        Text(writer, "apiVersion"u8, document.ApiVersion);
        Text(writer, "kind"u8, document.Kind);
        if (metadata is not null)
            Write(writer, metadata);
        if (record is not null)
            Write(writer, record, document.Spec?.Extra);
        Others(writer, document.Extra);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LeaseMetadata metadata)
    {
        writer.WriteStartObject("metadata"u8);
        Text(writer, "name"u8, metadata.Name);
        Text(writer, "namespace"u8, metadata.Namespace);
        Text(writer, "uid"u8, metadata.Uid);
        Text(writer, "resourceVersion"u8, metadata.ResourceVersion);
        Others(writer, metadata.Extra);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LeaseRecord record, Dictionary<string, JsonElement>? others)
    {
        writer.WriteStartObject("spec"u8);
        Text(writer, "holderIdentity"u8, record.HolderIdentity);
        if (record.LeaseDurationSeconds is { } duration)
            writer.WriteNumber("leaseDurationSeconds"u8, duration);
        if (record.AcquireTime is { } acquired)
            MicroTime.Write(writer, "acquireTime"u8, acquired);
        if (record.RenewTime is { } renewed)
            MicroTime.Write(writer, "renewTime"u8, renewed);
        if (record.LeaseTransitions is { } transitions)
            writer.WriteNumber("leaseTransitions"u8, transitions);
        Others(writer, others);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static void Others(Utf8JsonWriter writer, Dictionary<string, JsonElement>? others)
    {
        if (others is null)
            return;
        foreach ((string name, JsonElement value) in others)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
