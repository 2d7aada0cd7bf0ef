namespace LeaseElection.Docs.Tests;

/// <summary>Fails a test with all that was found: xunit itself shows the first fifty characters.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string> found)
    {
        string all = string.Join('\n', found);
        Assert.True(all.Length == 0, all);
    }
}
