namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>What happens to bytes on the way: cut, flipped, doubled, with a mark in front and noise behind.</summary>
internal static class StrangeBytes
{
    public static byte[] Spoil(Random random, byte[] bytes) => random.Next(12) switch
    {
        0 => bytes[..random.Next(bytes.Length + 1)],
        1 => [0xef, 0xbb, 0xbf, .. bytes],
        2 => [.. bytes, .. random.Of<byte[]>([(byte)' '], [(byte)'\n'], [0], [(byte)'}'], [.. "{}"u8], bytes)],
        3 => [.. random.Of<byte[]>([(byte)' '], [(byte)'\n'], [0], [(byte)'1'], [0xff, 0xfe]), .. bytes],
        4 => Noise(random, random.Next(200)),
        5 or 6 => Put(random, bytes, random.Of<byte[]>([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0x80], [0], [(byte)'"'])),
        _ => Flip(random, bytes),
    };

    public static byte[] Noise(Random random, int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Put(Random random, byte[] bytes, byte[] what)
    {
        int at = random.Next(bytes.Length + 1);
        return [.. bytes[..at], .. what, .. bytes[at..]];
    }

    private static byte[] Flip(Random random, byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        for (int i = random.Next(1, 4); i > 0 && flipped.Length > 0; i--)
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }
}
