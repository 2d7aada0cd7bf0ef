namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>A long line without end, one byte at a time.</summary>
internal sealed class SingleByteStream(int length) : MemoryStream
{
    private int _left = length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left-- <= 0)
            return new(0);
        buffer.Span[0] = (byte)'x';
        return new(1);
    }
}
