using System.Globalization;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>What may stand where a number is expected, in the characters that would be sent.</summary>
internal static class StrangeNumber
{
    private static readonly string[] Known =
    [
        "0", "-0", "-1", "1", "2", "15", "015", "1.0", "1.5", "15.000", "1e1", "1E400", "-1e400", "1e-400", "2147483647", "2147483648",
        "-2147483648", "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "0x10", "+1",
        "1_000", "1,000", " 1", "1 ", "NaN", "Infinity", "-Infinity", "1f", "١٢", "１", "--1", "1.", ".5", "253402300799999998",
        "253402300799999999", "340282366920938463463374607431768211455", "340282366920938463463374607431768211456",
    ];

    public static string Any(Random random) => random.Next(5) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        1 => new string((char)random.Next('0', '9' + 1), random.Of(1, 9, 10, 18, 19, 20, 38, 39, 40, 400)),
        2 => random.Next(-5, 5000).ToString(CultureInfo.InvariantCulture),
        _ => random.Of(Known),
    };
}
