using System.Text;
using LeaseElection.Sidecar.Logging;

namespace LeaseElection.Sidecar.Tests.Logging;

public sealed class StderrWriterTests
{
    /// <summary>A full disk: who logs goes on, and what was lost is said once there is room again.</summary>
    [Fact]
    public void Write_StderrFails_GoesOnAndTellsOfItLater()
    {
        var stderr = new Stderr { Fails = 2 };
        using (var writer = new StderrWriter(stderr))
        {
            for (int i = 0; i < 4; i++)
                writer.Write($"line {i}");
        }

        Assert.Equal(["line 2", "line 3"], stderr.Lines.Where(line => line.StartsWith("line", StringComparison.Ordinal)));
        Assert.Contains("(2 lines were left out: stderr did not take them)", stderr.Lines);
    }

    /// <summary>A pipe that nobody drains: who logs does not wait for it.</summary>
    [Fact]
    public void Write_StderrBlocks_ReturnsAndTellsOfItLater()
    {
        using var held = new ManualResetEventSlim();
        var stderr = new Stderr { Held = held };
        using (var writer = new StderrWriter(stderr))
        {
            writer.Write("first");
            Assert.True(stderr.IsWriting.Wait(Signal.Patience));
            for (int i = 0; i < 1005; i++)
                writer.Write($"line {i}");
            held.Set();
        }

        Assert.Equal(["first", "line 0"], stderr.Lines[..2]);
        Assert.Equal(["line 999", "(5 lines were left out: stderr did not take them)"], stderr.Lines[^2..]);
        Assert.Equal(1002, stderr.Lines.Count);
    }

    private sealed class Stderr : TextWriter
    {
        public int Fails { get; set; }

        public ManualResetEventSlim? Held { get; init; }

        public ManualResetEventSlim IsWriting { get; } = new();

        public List<string> Lines { get; } = [];

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            IsWriting.Set();
            Held?.Wait(Signal.Patience);
            if (Fails-- > 0)
                throw new IOException("No space left on device");
            Lines.Add(value!);
        }
    }
}
