namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Reads a body that has no right to be large: a Lease has a few hundred bytes, a captive portal's page may have any number.
/// </summary>
internal static class BoundedBody
{
    public const int MaxLength = 1024 * 1024;

    /// <exception cref="InvalidDataException">It is longer than <paramref name="max"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int max, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > max)
            throw TooLong(max);
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[content.Headers.ContentLength is { } length and > 0 ? length : 4096];
        int filled = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0)
        {
            filled += read;
            if (filled > max)
                throw TooLong(max);
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
        return buffer.AsMemory(0, filled);
    }

    private static InvalidDataException TooLong(int max) => new($"more than {max} bytes");
}
