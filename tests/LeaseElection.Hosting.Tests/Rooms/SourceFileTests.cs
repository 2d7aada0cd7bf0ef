using System.Text.RegularExpressions;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests.Rooms;

/// <summary>A file is to be read without scrolling sideways, and as one thing: no analyzer looks at either.</summary>
public sealed partial class SourceFileTests
{
    private const int WidestLine = 140;
    private const int LongestFile = 400;

    [Fact]
    public void Lines_AreNotTooWide() => Assert.Empty(
        from file in SourceFiles()
        from line in LinesOutsideOfRawStrings(file)
        let width = line.Text.Length
        where width > WidestLine
        select $"{Path.GetRelativePath(Checkout.Root, file)}({line.Number}) has {width} columns: break it, at most {WidestLine}");

    [Fact]
    public void Files_AreNotTooLong() => Assert.Empty(
        from file in SourceFiles()
        let lines = File.ReadLines(file).Count()
        where lines > LongestFile
        select $"{Path.GetRelativePath(Checkout.Root, file)} has {lines} lines: part it, at most {LongestFile}");

    private static IEnumerable<string> SourceFiles() =>
        from folder in (string[])["src", "tests", "samples"]
        from file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        select file;

    /// <summary>What stands in a raw string is as wide as it has to be: what somebody is told, or sends.</summary>
    private static IEnumerable<(int Number, string Text)> LinesOutsideOfRawStrings(string file)
    {
        bool isInside = false;
        foreach ((int index, string line) in File.ReadLines(file).Index())
        {
            int quotes = RawQuotes().Count(line);
            if (!isInside && quotes == 0)
                yield return (index + 1, line);
            isInside ^= quotes % 2 == 1;
        }
    }

    [GeneratedRegex("\"{3,}", RegexOptions.NonBacktracking)]
    private static partial Regex RawQuotes();
}
