using System.Globalization;
using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Kubernetes' MicroTime. Always written with six fractional digits, also on a whole second: the API server answers 400 to any
/// other number of digits, and an elector that drops them fails for ever once its clock shows .000000 (kubernetes#141204).
/// </summary>
internal static class MicroTime
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The most that is looked at: a time has less, even with each of its characters escaped.</summary>
    private const int MaxLength = 256;

    // Nothing else: 12:00 is another time each day, and a lease that changes by being looked at never runs out.
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>The time that a reader stands at; <see langword="null"/> for none.</summary>
    /// <exception cref="JsonException">It is no time.</exception>
    public static DateTimeOffset? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        // Not read as no time: a lease without times is free to take.
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"A time is a string, not a {reader.TokenType}.");
        Span<char> buffer = stackalloc char[MaxLength];
        if ((reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > MaxLength)
            throw NoTime(ref reader);
        ReadOnlySpan<char> text = buffer[..reader.CopyString(buffer)];
        if (text.IsEmpty)
            return null;
        Span<char> shortened = stackalloc char[MaxLength];
        return DateTimeOffset.TryParseExact(
            WithoutNanoseconds(text, shortened), Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time)
            ? new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero)
            : throw NoTime(ref reader);
    }

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[Format.Length];
        time.UtcDateTime.TryFormat(text, out int length, Format, CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    private static JsonException NoTime(ref Utf8JsonReader reader) =>
        new($"'{Excerpt.Of(reader.GetString()!)}' is not a time such as 2026-01-31T23:59:59.123456Z.");

    /// <summary>Of the nine digits that Go may write, .NET reads seven.</summary>
    private static ReadOnlySpan<char> WithoutNanoseconds(ReadOnlySpan<char> text, Span<char> shortened)
    {
        const int Seventh = 27;
        int more = text.Length > Seventh && text[19] == '.' ? text[Seventh..].IndexOfAnyExceptInRange('0', '9') : 0;
        if (more <= 0)
            return text;
        text[..Seventh].CopyTo(shortened);
        text[(Seventh + more)..].CopyTo(shortened[Seventh..]);
        return shortened[..(text.Length - more)];
    }
}
