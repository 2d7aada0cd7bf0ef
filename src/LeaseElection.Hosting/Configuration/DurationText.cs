using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>A duration in a configuration, and how that is written which people mean who write it otherwise.</summary>
internal static class DurationText
{
    /// <summary>The rule, as the end of the sentence "… but must be".</summary>
    public const string Expected = "hours:minutes:seconds, for example \"00:00:15\"";

    private static readonly (string Letter, double Seconds)[] Units = [("ms", 0.001), ("mil", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>
    /// All three parts, and days before a point. Not what <see cref="TimeSpan"/> reads else: to it <c>15</c> is fifteen days and
    /// <c>00:15</c> a quarter of an hour, and a lease that is so long by mistake is an outage that is so long.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        return text.AsSpan().Count(':') == 2 && TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out value);
    }

    /// <summary>What a text must be that is none, with what to write instead where that can be told.</summary>
    public static string ExpectedFor(string text)
    {
        string fixes = string.Join(", or ", Meanings(text.Trim()).Where(IsWritable).Distinct().Select(Write));
        return fixes.Length > 0 ? "hours:minutes:seconds: write " + fixes : Expected;
    }

    /// <summary>In seconds. The likeliest is the first.</summary>
    private static double[] Meanings(string text) =>
        Array.ConvertAll(text.Replace(',', '.').Split(':'), NumberOf) switch
        {
            [{ } seconds] => [seconds],
            [{ } first, { } second] => [(first * 60) + second, (first * 3600) + (second * 60)],
            [{ } hours, { } minutes, { } seconds] => [(hours * 3600) + (minutes * 60) + seconds],
            _ => WithUnits(text) is { } seconds ? [seconds] : [],
        };

    /// <summary><c>15s</c>, <c>1m30s</c>, <c>15 seconds</c>, <c>PT15S</c>.</summary>
    private static double? WithUnits(string text)
    {
        string rest = text.StartsWith("PT", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        double sum = 0;
        while (rest.Length > 0)
        {
            string number = string.Concat(rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.'));
            string unit = string.Concat(rest[number.Length..].TakeWhile(c => !char.IsAsciiDigit(c)));
            double seconds = Array.Find(Units, known => unit.Trim().StartsWith(known.Letter, StringComparison.OrdinalIgnoreCase)).Seconds;
            if (NumberOf(number) is not { } count || seconds == 0)
                return null;
            sum += count * seconds;
            rest = rest[(number.Length + unit.Length)..];
        }

        return sum;
    }

    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>Nothing in an election lasts a day.</summary>
    private static bool IsWritable(double seconds) => seconds is > 0 and < 86400;

    private static string Write(double seconds)
    {
        var value = TimeSpan.FromSeconds(seconds);
        double rest = value.TotalSeconds % 60;
        string[] words = [.. Count(value.Hours, "hour"), .. Count(value.Minutes, "minute"), .. Count(Math.Round(rest, 7), "second")];
        return $"\"{OptionFailures.Format(value)}\" for {string.Join(' ', words)}";
    }

    private static string[] Count(double number, string unit) =>
        number == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}")];
}
