using System.Globalization;
using LeaseElection.Testing;
using Xunit.Abstractions;

namespace LeaseElection.Simulation.Tests.Faults;

/// <summary>
/// Plays one fault under many seeds and tells what was measured against its bound: a row of tests/README.md.
/// </summary>
internal sealed class FaultTable(ITestOutputHelper output)
{
    private const int Seeds = 300;

    /// <summary>Each play returns what it measured, in seconds; the worst is told, and must be within the bounds.</summary>
    public void Measure(string test, string bound, double least, double most, Func<int, double> play, int seeds = Seeds)
    {
        double[] measured = [.. Enumerable.Range(1, seeds).Select(play).Order()];
        Tell(test, bound, string.Create(CultureInfo.InvariantCulture, $"{measured[0]:0.000} to {measured[^1]:0.000} s in {seeds} worlds"));
        Assert.InRange(measured[0], least, most);
        Assert.InRange(measured[^1], least, most);
    }

    /// <summary>Each play asserts by itself.</summary>
    public void Check(string test, string bound, Action<int> play, int seeds = Seeds)
    {
        for (int seed = 1; seed <= seeds; seed++)
            play(seed);
        Tell(test, bound, $"held in {seeds} worlds");
    }

    /// <summary>The number of the fault is in the name of the test.</summary>
    public void Tell(string test, string bound, string measured) =>
        FaultLog.Write(output, int.Parse(test[5..7], CultureInfo.InvariantCulture), test, bound, measured);
}
