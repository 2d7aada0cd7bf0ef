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

    public override void Write(Utf8JsonWriter writer, LeaseDocument value, JsonSerializerOptions options) =>
        LeaseDocumentWriter.Write(writer, value);
}
