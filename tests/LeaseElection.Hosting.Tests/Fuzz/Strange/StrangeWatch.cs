namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Lines of a watch: events of known and unknown types, about our lease, others, or nothing that makes sense.</summary>
internal static class StrangeWatch
{
    public static byte[] Line(Random random)
    {
        string type = random.OneIn(8)
            ? StrangeJson.Value(random)
            : random.Of(
                "\"ADDED\"", "\"MODIFIED\"", "\"MODIFIED\"", "\"DELETED\"", "\"BOOKMARK\"", "\"ERROR\"", "\"PATCHED\"", "\"modified\"",
                "null");
        byte[] changed = random.Next(6) switch
        {
            0 => StrangeStatus.Any(random),
            1 => StrangeJson.Bytes(StrangeJson.Value(random)),
            2 => [.. """{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"resourceVersion":"""u8,
                .. StrangeJson.Bytes(StrangeJson.Quoted(StrangeNumber.Any(random))), .. "}}"u8],
            _ => StrangeLease.Any(random),
        };
        byte[] line = random.Next(10) switch
        {
            0 => [.. "{\"type\":"u8, .. StrangeJson.Bytes(type), (byte)'}'],
            1 => [.. "{\"object\":"u8, .. changed, (byte)'}'],
            2 => [.. "{\"type\":"u8, .. StrangeJson.Bytes(type), .. ",\"object\":"u8, .. changed, .. ",\"object\":null}"u8],
            _ => [.. "{\"type\":"u8, .. StrangeJson.Bytes(type), .. ",\"object\":"u8, .. changed, (byte)'}'],
        };
        if (random.OneIn(8))
            line = StrangeBytes.Spoil(random, line);
        return [.. line, .. End(random)];
    }

    /// <summary>Mostly a line feed.</summary>
    public static byte[] End(Random random) => random.Next(12) switch
    {
        0 => [.. "\r\n"u8],
        1 => [],
        2 => [.. "\n\n"u8],
        3 => [(byte)'\r'],
        4 => [.. " \n"u8],
        _ => [(byte)'\n'],
    };
}
