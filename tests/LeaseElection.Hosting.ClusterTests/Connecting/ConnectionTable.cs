using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>
/// Where a row goes: into the output of its test, and into the file that <c>LEASEELECTION_CONNECTIONS</c> names, as one of the table in
/// tests/README.md. The file is written anew with each row, because tests run in no order and the table has one.
/// </summary>
internal static class ConnectionTable
{
    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<int, string> Rows = [];

    /// <param name="output">The output of the test.</param>
    /// <param name="row">Its place in <see cref="ConnectionCases.All"/>.</param>
    /// <param name="cells">Its form, what came of it with each of <see cref="Connectors.All"/>, and why they differ.</param>
    public static void Write(ITestOutputHelper output, int row, IEnumerable<string> cells)
    {
        string line = Line(cells);
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("LEASEELECTION_CONNECTIONS") is not { Length: > 0 } path)
            return;
        lock (Gate)
        {
            Rows[row] = line;
            string[] columns = ["form", .. Connectors.All.Select(connector => connector.Name), "why they differ"];
            File.WriteAllLines(path, [Line(columns), Line(columns.Select(_ => "---")), .. Rows.Values]);
        }
    }

    private static string Line(IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
