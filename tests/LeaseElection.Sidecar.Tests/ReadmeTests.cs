using System.Globalization;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests;

/// <summary>The README of the sidecar says what the code does.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Checkout.Root, "src", "LeaseElection.Sidecar", "README.md"));

    [Fact]
    public void FlagTable_IsWhatTheProgramTakes() => Assert.Equal(
        FlagList.All.Select(flag => (flag.ToString(), flag.HasVariable ? flag.Variable : "", flag.Help)),
        Rows("flag").Select(row => (row[0].Trim('`'), row[1].Trim('`'), row[2])));

    [Fact]
    public void ExitCodeTable_AndHelp_HaveEveryCode()
    {
        string[] codes = [.. typeof(ExitCodes).GetFields().Where(field => field.Name != nameof(ExitCodes.Signal))
            .Select(field => ((int)field.GetRawConstantValue()!).ToString(CultureInfo.InvariantCulture))];
        Assert.Equal([.. codes, "else"], Rows("exit code").Select(row => row[0]));
        string help = HelpText.Text[HelpText.Text.IndexOf("Exit codes:", StringComparison.Ordinal)..];
        Assert.All(codes, code => Assert.Contains($" {code} ", help.Replace('\n', ' '), StringComparison.Ordinal));
    }

    [Fact]
    public void Help_NamesEveryFlagAndFitsATerminal()
    {
        Assert.All(FlagList.All, flag => Assert.Contains($"\n  {flag}", HelpText.Text, StringComparison.Ordinal));
        Assert.All(HelpText.Text.Split('\n'), line => Assert.InRange(line.Length, 0, 132));
    }

    /// <summary>The rows of the table whose first heading this is.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Readme.Split('\n')
        .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());
}
