using LeaseElection.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LeaseElection.Docs.Tests.Snippets;

/// <summary>Compiles a snippet as a program of its own, with <c>Prelude.cs</c> beside it.</summary>
internal static class SnippetCompiler
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private static readonly string PreludeFile = Path.Combine(Checkout.Root, "tests", "LeaseElection.Docs.Tests", "Snippets", "Prelude.cs");

    private static readonly SyntaxTree Prelude = CSharpSyntaxTree.ParseText(File.ReadAllText(PreludeFile), Language, "Prelude.cs");

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>What is wrong with it, each with the line of the page.</summary>
    public static IEnumerable<string> Errors(Snippet snippet)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText($"#line {snippet.Line} \"{snippet.Page}\"\n{snippet.Code}\n", Language);
        OutputKind kind = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any()
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create("Snippet", [Prelude, tree], References, options).GetDiagnostics()
            .Where(found => found.Severity == DiagnosticSeverity.Error)
            .Select(found => (Place: found.Location.GetMappedLineSpan(), Message: found.GetMessage()))
            .Select(found => $"{found.Place.Path}:{found.Place.StartLinePosition.Line + 1}: {found.Message}");
    }
}
