using Xunit.Abstractions;

namespace LeaseElection.Testing;

/// <summary>
/// Where the figures of a fault go: into the output of its test, and as a row of the table in tests/README.md into the file that
/// <c>LEASEELECTION_FAULTS</c> names.
/// </summary>
internal static class FaultLog
{
    private static readonly Lock Gate = new();

    /// <param name="output">The output of the test.</param>
    /// <param name="fault">Its number in the list of faults.</param>
    /// <param name="test">The name of the test.</param>
    /// <param name="bound">What must hold.</param>
    /// <param name="measured">What was seen.</param>
    public static void Write(ITestOutputHelper output, int fault, string test, string bound, string measured)
    {
        string line = $"| {fault} | {test} | {bound} | {measured} |";
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("LEASEELECTION_FAULTS") is not { Length: > 0 } path)
            return;
        lock (Gate)
            File.AppendAllText(path, line + "\n");
    }
}
