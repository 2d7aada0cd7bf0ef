using System.Globalization;
using System.Text;

namespace LeaseElection.Sidecar.Http;

/// <summary>Writes text as Go's <c>json.Marshal</c> does, so that the answer of the old image stays the same to the byte.</summary>
internal static class GoJson
{
    public static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (char character in text)
        {
            _ = character switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append(@"\\"),
                '\n' => json.Append(@"\n"),
                '\r' => json.Append(@"\r"),
                '\t' => json.Append(@"\t"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => json.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
                _ => json.Append(character),
            };
        }

        return json.Append('"').ToString();
    }
}
