using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>
/// Where the figures go: into the output of the test, and as a row of a Markdown table into the file that
/// <c>LEASEELECTION_FAULTS</c> names.
/// </summary>
internal static class FaultResults
{
    private static readonly Lock Gate = new();

    public static void Write(ITestOutputHelper output, int fault, string test, string bound, string measured)
    {
        string line = $"| {fault} | {test} | {bound} | {measured} |";
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("LEASEELECTION_FAULTS") is { Length: > 0 } path)
        {
            lock (Gate)
                File.AppendAllText(path, line + "\n");
        }
    }
}
