using System.Text;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>One seed: its chance, and what it has put in so far, for whoever reads a failure.</summary>
internal sealed class FuzzWorld(int seed)
{
    private const int Remembered = 3;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = [];

    public int Seed => seed;

    public Random Random { get; } = new(seed);

    public int Inputs { get; private set; }

    /// <summary>Takes note of an input before it is put in.</summary>
    public void Put(string input)
    {
        lock (_lock)
        {
            Inputs++;
            _last.Enqueue(input);
            if (_last.Count > Remembered)
                _last.Dequeue();
        }
    }

    public byte[] Put(string what, byte[] input)
    {
        Put($"{what} {Verbatim(input)}");
        return input;
    }

    public override string ToString()
    {
        lock (_lock)
            return $"Seed {seed}, input {Inputs}; the last ones:\n{string.Join('\n', _last)}";
    }

    /// <summary>Bytes as they are: text where it is text, the rest as <c>\xNN</c>. Only the ends of a very long one.</summary>
    private static string Verbatim(byte[] input)
    {
        const int Most = 4096;
        var text = new StringBuilder();
        foreach (byte b in input.AsSpan(0, Math.Min(input.Length, Most)))
            _ = b is >= 0x20 and < 0x7f ? text.Append((char)b) : text.Append("\\x").Append(b.ToString("x2", null));
        return input.Length > Most ? $"{text} ... ({input.Length} bytes)" : text.ToString();
    }
}
