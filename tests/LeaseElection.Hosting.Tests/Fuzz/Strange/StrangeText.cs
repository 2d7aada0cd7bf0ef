namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Texts that somebody may take for something else.</summary>
internal static class StrangeText
{
    private static readonly string[] Known =
    [
        "", " ", "null", "true", "0", "-1", "NaN", "settlement", "other", "default", "me", "../../etc/passwd", "a b", "a/b", "a\\b", "a:b",
        "a\nb", "a\r\nb: c", "\t", "\0", "a\0b", "\u001b[31m", "\ufeff", "\u202eabc", "ﬀ", "İ", "ß", "１２", "١٢", "\U0001d7d9", "👩‍👩‍👧",
        "\ud83d",
        "\udc00x", "%s%n", "{0}", "{holder}", "'; DROP", "<html>", "\"", "\\u0000",
    ];

    public static string Any(Random random) => random.Next(6) switch
    {
        0 => new string(random.Of('a', '0', '.', '-', 'é', '\ud83d', ' '), random.Of(1, 63, 64, 253, 254, 1000, 70_000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(0x10000))),
        2 => random.Of(Known) + random.Of(Known),
        _ => random.Of(Known),
    };
}
