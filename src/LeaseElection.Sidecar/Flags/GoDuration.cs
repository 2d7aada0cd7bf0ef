using System.Buffers;
using System.Globalization;

namespace LeaseElection.Sidecar.Flags;

/// <summary>Durations as Go writes them, because the old image did: <c>10s</c>, <c>1m30s</c>, <c>1.5h</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>What Go's <c>time.ParseDuration</c> accepts, to the tenth of a microsecond.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        bool negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
            rest = rest[1..];
        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOfAnyExcept(Number);
            if (length <= 0
                || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return false;
            rest = rest[length..];
            if (!TryTakeUnit(ref rest, out double unit))
                return false;
            ticks += number * unit;
        }

        if (ticks > TimeSpan.MaxValue.Ticks / 2d)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>In seconds, which is what all of ours are about.</summary>
    public static string Format(TimeSpan duration) =>
        duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out double ticks)
    {
        // A unit ends where a number begins: "1mx" is no minute.
        int end = rest.IndexOfAny(Number);
        ReadOnlySpan<char> name = end < 0 ? rest : rest[..end];
        foreach ((string unit, double ofUnit) in Units)
        {
            if (!name.SequenceEqual(unit))
                continue;
            rest = rest[name.Length..];
            ticks = ofUnit;
            return true;
        }

        ticks = 0;
        return false;
    }
}
