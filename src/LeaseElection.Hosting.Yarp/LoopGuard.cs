using Microsoft.Extensions.Primitives;

namespace LeaseElection.Hosting.Yarp;

/// <summary>
/// The header that says that a request was forwarded already. Two replicas that each take the other for the leader, which lasts as long as
/// their watches differ, would hand it to and fro for ever.
/// </summary>
internal static class LoopGuard
{
    public const string Header = "Leader-Forwarded-By";

    private const int MostShown = 100;

    /// <summary>An identity is any text; a header is not.</summary>
    public static string Of(string identity) => Uri.EscapeDataString(identity);

    /// <summary>What a header names, which may be of anybody.</summary>
    public static string NameIn(StringValues header)
    {
        string text = Uri.UnescapeDataString(header.ToString());
        return text.Length > MostShown ? text[..MostShown] : text;
    }
}
