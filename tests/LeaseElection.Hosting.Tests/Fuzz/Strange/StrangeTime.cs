using System.Globalization;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Dates of every form: RFC 3339 with any part out of its range, and forms that other programs write.</summary>
internal static class StrangeTime
{
    private static readonly string[] Known =
    [
        "", " ", "now", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.99999999Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z",
        "2026-06-30T23:59:60Z", "2026-06-30T24:00:00Z", "2026-02-30T00:00:00Z", "2026-01-31", "2026-01-31T12:00", "12:00", "12:00:00Z",
        "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-01-31t12:00:00z", "20260131T120000Z", "2026-W05-6", "31.01.2026", "1/2/2026",
        "Sat, 31 Jan 2026 12:00:00 GMT", "1769860800", "1769860800000", "/Date(1769860800000)/", "2026-01-31T12:00:00,5Z",
        "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+99:99", "２０２６-01-31T12:00:00Z",
    ];

    public static string Any(Random random) => random.OneIn(3) ? random.Of(Known) : string.Create(
        CultureInfo.InvariantCulture,
        $"{Part(random, 4, 9999)}-{Part(random, 2, 12)}-{Part(random, 2, 28)}"
        + $"T{Part(random, 2, 23)}:{Part(random, 2, 59)}:{Part(random, 2, 59)}"
        + $"{Fraction(random)}{random.Of("Z", "Z", "Z", "z", "", "+00:00", "+05:30", "-14:00", "+15:00", "+0100", " UTC")}");

    /// <summary>A time as an elector writes it.</summary>
    public static string Good(Random random) =>
        new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(random.Next(1_000_000_000))
            .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Part(Random random, int digits, int most) =>
        random.Next(random.OneIn(12) ? 100_000 : most + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

    private static string Fraction(Random random) => random.Next(12) is var digits and > 0
        ? "." + string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.Next(10))))
        : "";
}
