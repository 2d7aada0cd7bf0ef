using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The JSON of a Lease. By hand, because a lease is read and written every few seconds for ever, and hardly anything in it changes.
/// </summary>
internal sealed class LeaseDocumentConverter : JsonConverter<LeaseDocument>
{
    public override LeaseDocument? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LeaseDocumentReader.Read(ref reader, text: default, known: null);

    /// <summary>What is <see langword="null"/> is left out; of what we do not know, nothing is.</summary>
    public override void Write(Utf8JsonWriter writer, LeaseDocument value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        WriteText(writer, "apiVersion"u8, value.ApiVersion);
        WriteText(writer, "kind"u8, value.Kind);
        if (value.Metadata is { } metadata)
            Write(writer, metadata);
        if (value.Spec is { } spec)
            Write(writer, spec);
        WriteOthers(writer, value.Extra);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LeaseMetadata metadata)
    {
        writer.WriteStartObject("metadata"u8);
        WriteText(writer, "name"u8, metadata.Name);
        WriteText(writer, "namespace"u8, metadata.Namespace);
        WriteText(writer, "uid"u8, metadata.Uid);
        WriteText(writer, "resourceVersion"u8, metadata.ResourceVersion);
        WriteOthers(writer, metadata.Extra);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LeaseSpec spec)
    {
        writer.WriteStartObject("spec"u8);
        WriteText(writer, "holderIdentity"u8, spec.Record.HolderIdentity);
        if (spec.Record.LeaseDurationSeconds is { } duration)
            writer.WriteNumber("leaseDurationSeconds"u8, duration);
        if (spec.Record.AcquireTime is { } acquired)
            MicroTime.Write(writer, "acquireTime"u8, acquired);
        if (spec.Record.RenewTime is { } renewed)
            MicroTime.Write(writer, "renewTime"u8, renewed);
        if (spec.Record.LeaseTransitions is { } transitions)
            writer.WriteNumber("leaseTransitions"u8, transitions);
        WriteOthers(writer, spec.Extra);
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static void WriteOthers(Utf8JsonWriter writer, Dictionary<string, JsonElement>? others)
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
