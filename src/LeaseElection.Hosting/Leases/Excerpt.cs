namespace LeaseElection.Hosting.Leases;

/// <summary>What a message shows of a text that somebody else wrote: a page of HTML or a megabyte of noise must not fill a log.</summary>
internal static class Excerpt
{
    private const int Most = 500;

    public static string Of(string text) => text.Length > Most ? text[..Most] + "..." : text;
}
