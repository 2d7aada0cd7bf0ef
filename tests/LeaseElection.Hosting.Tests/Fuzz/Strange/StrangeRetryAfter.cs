using System.Globalization;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Values of the header Retry-After: seconds and dates of any shape.</summary>
internal static class StrangeRetryAfter
{
    public static string Any(Random random) => random.Next(4) switch
    {
        0 => StrangeNumber.Any(random),
        1 => random.Of(
            "Sat, 31 Jan 2026 12:00:00 GMT", "Saturday, 31-Jan-26 12:00:00 GMT", "Sat Jan 31 12:00:00 2026",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 01 Jan 0001 00:00:00 GMT", "Sat, 31 Feb 2026 12:00:00 GMT", "Sat, 31 Jan 2026 12:00:00 +1400", "tomorrow", "1, 2", "1;2",
            "\"1\""),
        2 => random.Next(100_000).ToString(CultureInfo.InvariantCulture),
        _ => StrangeTime.Any(random),
    };
}
