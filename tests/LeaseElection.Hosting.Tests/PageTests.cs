using System.Text.RegularExpressions;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the tables of the pages say is what the code does.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void OptionsTable_NamesEveryOption()
    {
        HashSet<string> named = [.. File.ReadLines(Path.Combine(Checkout.Docs, "options.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Value)];
        IEnumerable<string> names = typeof(LeaderElectionOptions).GetProperties().Select(property => property.Name)
            .Concat(typeof(KubernetesStoreOptions).GetProperties().Select(property => property.Name))
            .Concat(typeof(FileStoreOptions).GetProperties().Select(property => property.Name))
            .Concat(typeof(MemberOptions).GetProperties().Select(property => property.Name));
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

    [GeneratedRegex("[A-Za-z]+", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"\((?<text>\d{3})\)", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
