using System.Buffers;
using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Reads a body that has no right to be large: a Lease has a few hundred bytes, a captive portal's page may have any number.
/// </summary>
internal static class BoundedBody
{
    public const int MaxLength = 1024 * 1024;

    /// <returns>
    /// In an array of the shared pool. After an exception the array stays away from there: somebody may write to it still.
    /// </returns>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="max"/>.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ArraySegment<byte>> ReadAsync(HttpContent content, int max, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > max)
            throw TooLong(max);
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        // One more than there is to read: that there is no more is read as well.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(content.Headers.ContentLength is { } length and > 0 ? (int)length + 1 : 4096);
        int filled = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0)
        {
            filled += read;
            if (filled > max)
                throw TooLong(max);
            if (filled == buffer.Length)
                buffer = Larger(buffer);
        }
        return new ArraySegment<byte>(buffer, 0, filled);
    }

    private static byte[] Larger(byte[] full)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private static InvalidDataException TooLong(int max) => new($"more than {max} bytes");
}
