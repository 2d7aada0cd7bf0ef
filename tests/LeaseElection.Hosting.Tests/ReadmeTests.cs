using System.Text.RegularExpressions;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the READMEs and the pages say is what the code does.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("src/LeaseElection.Hosting/README.md")]
    public void Program_IsCompiledLineForLine(string readme)
    {
        HashSet<string> compiled = [.. File.ReadLines(Path.Combine(Checkout.Root, "tests", "LeaseElection.Hosting.Tests", "ReadmeProgram.cs")).Select(Code)];
        string snippet = Snippet().Match(File.ReadAllText(Path.Combine(Checkout.Root, readme))).Groups["text"].Value;
        IEnumerable<string> lines = snippet.Split('\n').Select(Code).Where(line => line.Length > 0 && !line.StartsWith("using", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(line, compiled));
    }

    [Fact]
    public void OptionsTable_NamesEveryOption()
    {
        HashSet<string> named = [.. File.ReadLines(Path.Combine(Checkout.Docs, "options.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Value)];
        IEnumerable<string> names = typeof(LeaderElectionOptions).GetProperties().Select(property => property.Name)
            .Concat(typeof(KubernetesStoreOptions).GetProperties().Select(property => property.Name))
            .Concat(typeof(FileStoreOptions).GetProperties().Select(property => property.Name));
        Assert.All(names, name => Assert.Contains(name, named));
    }

    [Fact]
    public void LogIdsInTheTroubleTable_Exist()
    {
        HashSet<int> ids = [.. LogMessages.All.Select(message => message.Message.EventId)];
        string table = File.ReadAllText(Path.Combine(Checkout.Docs, "troubleshooting.md"));
        Assert.NotEmpty(Id().Matches(table));
        Assert.All(Id().Matches(table), match => Assert.Contains(int.Parse(match.Groups["text"].Value, null), ids));
    }

    private static string Code(string line) => line.Split("//", 2)[0].Trim();

    [GeneratedRegex("```csharp\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Snippet();

    [GeneratedRegex("[A-Za-z]+", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"\((?<text>\d{3})\)", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
