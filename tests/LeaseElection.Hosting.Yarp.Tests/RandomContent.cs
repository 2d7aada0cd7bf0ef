using System.Net;
using System.Security.Cryptography;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>So many bytes, none of which is kept.</summary>
internal sealed class RandomContent(long size) : HttpContent
{
    public static string HashOf(long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] piece in Pieces(size))
            hash.AppendData(piece);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (byte[] piece in Pieces(size))
            await stream.WriteAsync(piece);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }

    private static IEnumerable<byte[]> Pieces(long size)
    {
        byte[] piece = new byte[65536];
        for (long sent = 0; sent < size; sent += piece.Length)
        {
            new Random((int)(sent / piece.Length)).NextBytes(piece);
            yield return piece;
        }
    }
}
