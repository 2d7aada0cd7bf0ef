using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Kubernetes' MicroTime. Always written with six fractional digits, also on a whole second: the API server answers 400 to any
/// other number of digits, and an elector that drops them fails for ever once its clock shows .000000 (kubernetes#141204).
/// </summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTimeOffset?>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        // Not read as no time: a lease without times is free to take.
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"A time is a string, not a {reader.TokenType}.");
        string text = reader.GetString()!;
        if (text.Length == 0)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUniversalTime()
            : throw new JsonException($"'{text}' is not a time such as 2026-01-31T23:59:59.123456Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteStringValue(time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }
}
