using System.Text.RegularExpressions;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the READMEs say is what the code does.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));

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
        string table = Readme[Readme.IndexOf("## Options", StringComparison.Ordinal)..Readme.IndexOf("## Health", StringComparison.Ordinal)];
        IEnumerable<string> names = typeof(LeaderElectionOptions).GetProperties().Select(property => property.Name)
            .Concat(typeof(KubernetesStoreOptions).GetProperties().Select(property => property.Name))
            .Concat(typeof(FileStoreOptions).GetProperties().Select(property => property.Name));
        Assert.All(names, name => Assert.Contains(name, table, StringComparison.Ordinal));
    }

    [Fact]
    public void LogIdsInTheTroubleTable_Exist()
    {
        HashSet<int> ids = [.. LogMessages.All.Select(message => message.Message.EventId)];
        string table = Readme[Readme.IndexOf("## When something is wrong", StringComparison.Ordinal)..];
        Assert.All(Id().Matches(table), match => Assert.Contains(int.Parse(match.Groups["text"].Value, null), ids));
    }

    private static string Code(string line) => line.Split("//", 2)[0].Trim();

    [GeneratedRegex("```csharp\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\((?<text>\d{3})\)", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
