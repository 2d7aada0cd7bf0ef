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
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    // Nothing else: 12:00 is another time each day, and a lease that changes by being looked at never runs out.
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

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
        return DateTimeOffset.TryParseExact(
            WithoutNanoseconds(text), Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero)
            : throw new JsonException($"'{text}' is not a time such as 2026-01-31T23:59:59.123456Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteStringValue(time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }

    /// <summary>Of the nine digits that Go may write, .NET reads seven.</summary>
    private static string WithoutNanoseconds(string text)
    {
        const int Seventh = 27;
        int more = text.Length > Seventh && text[19] == '.' ? text.AsSpan(Seventh).IndexOfAnyExceptInRange('0', '9') : 0;
        return more > 0 ? text.Remove(Seventh, more) : text;
    }
}
