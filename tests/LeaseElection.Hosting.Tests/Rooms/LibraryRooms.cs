using LeaseElection.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LeaseElection.Hosting.Tests.Rooms;

/// <summary>
/// Which folder of the library names what is declared in which other: read from its sources, as the compiler understands them.
/// </summary>
internal static class LibraryRooms
{
    /// <summary>
    /// Where the public types are, and where they are registered: every room may name what users type, and a registration names every room.
    /// </summary>
    public const string Root = "(root)";

    private static readonly string Library = Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting");

    private static readonly Lazy<CSharpCompilation> Compilation = new(Compile);

    /// <summary>What the SDK generates for ImplicitUsings.</summary>
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static IEnumerable<string> All => Files.Select(RoomOf).Where(room => room != Root).Distinct();

    private static IEnumerable<SyntaxTree> Files => Compilation.Value.SyntaxTrees.Where(tree => tree.FilePath.Length > 0);

    /// <summary>Each arrow from one room to another, with the places that draw it.</summary>
    public static IReadOnlyDictionary<(string From, string To), IReadOnlyList<string>> Arrows() =>
        Files
            .SelectMany(file => Names(file).SelectMany(named => named.Symbols
                .SelectMany(symbol => symbol.OriginalDefinition.DeclaringSyntaxReferences)
                .Select(
                    declared => (
                        Arrow: (From: RoomOf(file), To: RoomOf(declared.SyntaxTree)),
                        Place: $"{Path.GetFileName(file.FilePath)}: {named.Name}"))))
            .Where(drawn => drawn.Arrow.From != drawn.Arrow.To)
            .GroupBy(drawn => drawn.Arrow, drawn => drawn.Place)
            .ToDictionary(arrow => arrow.Key, IReadOnlyList<string> (arrow) => [.. arrow.Distinct()]);

    /// <summary>The namespaces of all that a room names, each with one of the names.</summary>
    public static IReadOnlyDictionary<string, string> NamespacesNamedIn(string room) =>
        Files
            .Where(file => RoomOf(file) == room)
            .SelectMany(file => Names(file).SelectMany(named => named.Symbols
                .Where(symbol => symbol is INamedTypeSymbol)
                .Select(
                    symbol => (
                        Namespace: symbol.ContainingNamespace.ToString()!, Place: $"{Path.GetFileName(file.FilePath)}: {named.Name}"))))
            .GroupBy(named => named.Namespace)
            .ToDictionary(names => names.Key, names => names.First().Place);

    /// <summary>
    /// Every name of a file with what it means. Of several meanings (an overload that generated code would tell apart) all count.
    /// </summary>
    private static IEnumerable<(SimpleNameSyntax Name, IEnumerable<ISymbol> Symbols)> Names(SyntaxTree file)
    {
        SemanticModel model = Compilation.Value.GetSemanticModel(file);
        return file.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Select(name =>
        {
            SymbolInfo info = model.GetSymbolInfo(name);
            IEnumerable<ISymbol> symbols = info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols;
            return (name, symbols.Where(means => means is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol
                or IEventSymbol));
        });
    }

    private static CSharpCompilation Compile()
    {
        var language = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        IEnumerable<SyntaxTree> trees = Directory.GetFiles(Library, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Library, file).StartsWith("obj", StringComparison.Ordinal)
                && !Path.GetRelativePath(Library, file).StartsWith("bin", StringComparison.Ordinal))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), language, file));
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("LeaseElection.", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));
        return CSharpCompilation.Create(
            "LeaseElection.Hosting", [CSharpSyntaxTree.ParseText(Preamble, language), .. trees], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private static string RoomOf(SyntaxTree tree)
    {
        string folder = Path.GetDirectoryName(Path.GetRelativePath(Library, tree.FilePath))!.Replace('\\', '/');
        return folder switch
        {
            "" or "DependencyInjection" => Root,
            "Leases/Files" => "Leases",
            _ => folder,
        };
    }
}
