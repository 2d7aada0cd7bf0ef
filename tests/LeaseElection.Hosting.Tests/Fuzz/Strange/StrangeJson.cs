using System.Text;
using System.Text.Json;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Values of any type in JSON, some of them in what only looks like JSON.</summary>
internal static class StrangeJson
{
    public static string Value(Random random) => random.Next(12) switch
    {
        0 => "null",
        1 => random.Of("true", "false", "True", "undefined", ""),
        2 or 3 => StrangeNumber.Any(random),
        4 => $"[{Value(random)}]",
        5 => $"{{\"{random.Of("a", "name", "kind", "")}\":{Value(random)}}}",
        6 => Deep(random),
        7 => Quoted(StrangeNumber.Any(random)),
        8 => Quoted(StrangeTime.Any(random)),
        9 => "\"" + random.Of("\\ud800", "\\udc00\\ud800", "\\u00", "\\x", "\\", "\n", "\t", "\\u0000", "\\ud83d\\ude00") + "\"",
        _ => Quoted(StrangeText.Any(random)),
    };

    /// <summary>A string, written half of the time as is and half of the time in escapes.</summary>
    public static string Quoted(string text) => "\"" + JsonEncodedText.Encode(new string([.. Whole(text)])) + "\"";

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    private static string Deep(Random random)
    {
        int depth = random.Of(10, 60, 63, 64, 65, 200, 5000);
        string inner = random.OneIn(2) ? "" : "1";
        return random.OneIn(2)
            ? new string('[', depth) + inner + new string(']', random.OneIn(4) ? depth - 1 : depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
    }

    // Half a surrogate pair cannot be encoded; as an escape it is among the values above.
    private static IEnumerable<char> Whole(string text) => text.EnumerateRunes().SelectMany(rune => rune.ToString());
}
