namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Bytes that arrive in pieces of any length.</summary>
internal sealed class ChoppedStream(byte[] bytes, Random random) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 1 << random.Next(1, 10)))], cancellationToken);
}
