using LeaseElection.Testing;

namespace LeaseElection.Docs.Tests;

/// <summary>No link of a page leads nowhere.</summary>
public sealed class LinkTests
{
    [Fact]
    public void Links_WithinTheRepository_LeadSomewhere() => Findings.None(
        from page in MarkdownPage.All
        from link in page.Links
        where !Uri.IsWellFormedUriString(link.Url, UriKind.Absolute)
        let wrong = Wrong(page, link.Url)
        where wrong is not null
        select $"{page.Name}:{link.Line}: {link.Url}: {wrong}");

    /// <summary>They are shown where there is no repository around them: a package's README on NuGet.</summary>
    [Fact]
    public void Links_OfWhatIsPacked_AreAbsolute() => Findings.None(
        from page in MarkdownPage.All
        where IsPacked(page)
        from link in page.Links
        where !Uri.IsWellFormedUriString(link.Url, UriKind.Absolute)
        select $"{page.Name}:{link.Line}: {link.Url}");

    [Fact]
    public void Readme_LeadsToEveryPage()
    {
        MarkdownPage readme = MarkdownPage.Find(Path.Combine(Checkout.Root, "README.md"))!;
        Findings.None(Directory.EnumerateFiles(Checkout.Docs).Except(readme.Links.Select(link => Target(readme, link.Url))));
    }

    private static bool IsPacked(MarkdownPage page)
    {
        string folder = Path.GetDirectoryName(page.File)!;
        return Path.GetFileName(page.File) == "README.md" && Path.GetDirectoryName(folder) == Path.Combine(Checkout.Root, "src")
            && !Directory.EnumerateFiles(folder, "*.csproj")
                .Any(project => File.ReadAllText(project).Contains("<IsPackable>false", StringComparison.Ordinal));
    }

    private static string? Wrong(MarkdownPage page, string url)
    {
        string target = Target(page, url);
        string? anchor = url.Split('#') is [_, var name] ? name : null;
        return MarkdownPage.Find(target) is { } other
            ? anchor is null || other.Anchors.Contains(anchor) ? null : "there is no such heading"
            : !Path.Exists(target) ? "there is no such file" : anchor is null ? null : "only a page has headings";
    }

    private static string Target(MarkdownPage page, string url) =>
        url.Split('#')[0] is { Length: > 0 } path ? Path.GetFullPath(path, Path.GetDirectoryName(page.File)!) : page.File;
}
