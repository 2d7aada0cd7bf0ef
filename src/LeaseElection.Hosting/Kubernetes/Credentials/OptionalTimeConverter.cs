using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>A time, or none: missing, null or an empty text, which is what a writer without "omit if empty" makes of none.</summary>
internal sealed class OptionalTimeConverter : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty && !reader.HasValueSequence)
            ? null
            : reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out DateTimeOffset time)
                ? time
                : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("It is only read.");
}
