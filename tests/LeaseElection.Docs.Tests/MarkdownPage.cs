using LeaseElection.Docs.Tests.Snippets;
using LeaseElection.Testing;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace LeaseElection.Docs.Tests;

/// <summary>A Markdown file of this repository, understood as GitHub does.</summary>
internal sealed class MarkdownPage
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoLinks().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UsePreciseSourceLocation().Build();

    private static readonly Lazy<Dictionary<string, MarkdownPage>> ByFile =
        new(() => Files(Checkout.Root).ToDictionary(file => file, file => new MarkdownPage(file)));

    private readonly MarkdownDocument _document;

    private MarkdownPage(string file)
    {
        File = file;
        _document = Markdown.Parse(System.IO.File.ReadAllText(file), GitHub);
    }

    public static IEnumerable<MarkdownPage> All => ByFile.Value.Values;

    public string File { get; }

    /// <summary>Seen from the root of the repository.</summary>
    public string Name => Path.GetRelativePath(Checkout.Root, File);

    /// <summary>What <c>#...</c> may name.</summary>
    public IEnumerable<string> Anchors => _document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id!);

    public IEnumerable<(int Line, string Url)> Links => _document.Descendants<LinkInline>().Select(link => (link.Line + 1, link.Url!));

    public IEnumerable<Snippet> Snippets =>
        _document.Descendants<FencedCodeBlock>()
            .Select(block => new Snippet(Name, block.Line + 2, block.Info ?? "", block.Lines.ToString()));

    public static MarkdownPage? Find(string file) => ByFile.Value.GetValueOrDefault(file);

    /// <summary>All but what builds, tools and browsers leave behind.</summary>
    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.md").Concat(Directory
        .EnumerateDirectories(folder)
        .Where(sub => Path.GetFileName(sub) is not ("bin" or "obj" or "artifacts") and not ['.', ..])
        .SelectMany(Files));
}
