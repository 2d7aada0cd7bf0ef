using LeaseElection.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace LeaseElection.Simulation;

/// <summary>
/// Compiles the part of the library that the simulator runs, from the very sources it is made of, with the edits of a mutant. That this
/// part compiles by itself is also what shows that the core needs no I/O, no logger and no host.
/// </summary>
internal static class MutantCompiler
{
    private const string AssemblyName = "LeaseElection.Hosting";

    /// <summary>What the SDK generates for ImplicitUsings, and who may look inside.</summary>
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("LeaseElection.Simulation")]
        """;

    private static readonly string[] Parts =
    [
        "Election/*.cs", "Election/Deaths/*.cs", "Election/Notes/*.cs", "Election/Partitions/*.cs", "FencingToken.cs",
        "LeaderElectionState.cs", "LeadershipLostException.cs", "LeadershipTerm.cs", "Hosting/OwnThreads.cs", "NoteLife.cs",
        "WorkEndPolicy.cs", "WorkOverrunPolicy.cs", "Time/ElectionClock.cs", "Configuration/ElectionIdentityCard.cs",
        "Leases/ContainerEnd.cs", "Leases/ContainerFacts.cs", "Leases/Excerpt.cs", "Leases/Lease.cs",
        "Leases/LeaseDocument.cs", "Leases/LeaseDocumentConverter.cs", "Leases/LeaseDocumentReader.cs", "Leases/LeaseDocumentWriter.cs",
        "Leases/LeaseEvent.cs", "Leases/LeaseGroupEvent.cs", "Leases/LeaseGroupName.cs", "Leases/LeaseMetadata.cs",
        "Leases/LeaseRecord.cs", "Leases/LeaseSpec.cs", "Leases/LeaseStoreError.cs", "Leases/LeaseStoreErrorKind.cs",
        "Leases/LeaseTraits.cs",
        "Leases/LeaseWrite.cs", "Leases/MicroTime.cs", "Leases/OtherFields.cs", "Leases/PodFacts.cs", "Leases/PodReference.cs",
        "Leases/ResourceVersion.cs", "Leases/TraitsInMetadata.cs",
    ];

    private static readonly string Library = Path.Combine(Checkout.Root, "src", AssemblyName);

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest, DocumentationMode.None);

    private static readonly Lazy<Dictionary<string, SyntaxTree>> Sources = new(() => Parts
        .SelectMany(part => Directory.GetFiles(Path.Combine(Library, Path.GetDirectoryName(part)!), Path.GetFileName(part)))
        .ToDictionary(file => Path.GetRelativePath(Library, file).Replace('\\', '/'), file => Parse(File.ReadAllText(file))));

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileNameWithoutExtension(file) is { } name && name.StartsWith("System.", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file)),
    ]);

    /// <exception cref="InvalidOperationException">The mutant does not apply to the sources, or does not compile.</exception>
    public static MemoryStream Compile(Mutant mutant)
    {
        var sources = new Dictionary<string, SyntaxTree>(Sources.Value);
        foreach (MutantEdit edit in mutant.Edits)
            sources[edit.File] = Parse(edit.Apply(sources[edit.File].ToString()));
        var compilation = CSharpCompilation.Create(
            AssemblyName, [Parse(Preamble), .. sources.Values], References.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
        var assembly = new MemoryStream();
        string[] errors =
        [
            .. compilation.Emit(assembly).Diagnostics.Where(
                problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => problem.ToString())
        ];
        if (errors.Length > 0)
            throw new InvalidOperationException($"The mutant '{mutant.Name}' does not compile:\n{string.Join('\n', errors)}");
        assembly.Position = 0;
        return assembly;
    }

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(SourceText.From(source), Language);
}
