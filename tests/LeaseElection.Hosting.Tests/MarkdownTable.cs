namespace LeaseElection.Hosting.Tests;

/// <summary>Reads tables of the pages.</summary>
internal static class MarkdownTable
{
    /// <summary>The rows of the table whose first column is headed so.</summary>
    public static List<string[]> Rows(string page, string heading)
    {
        string[] lines = File.ReadAllLines(Path.Combine(LeaseElection.Testing.Checkout.Docs, page));
        int head = Array.FindIndex(lines, line => line.StartsWith($"| {heading} |", StringComparison.Ordinal));
        Assert.True(head >= 0, $"{page} has no table of {heading}.");
        return [.. lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
    }
}
