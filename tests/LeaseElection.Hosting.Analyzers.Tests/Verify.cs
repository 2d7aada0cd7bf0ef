using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace LeaseElection.Hosting.Analyzers.Tests;

/// <summary>
/// Runs an analyzer, and its fix, over what a user could have written. Findings are marked there: <c>{|LE0001:Act()|}</c>.
/// </summary>
internal static class Verify
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using LeaseElection.Hosting;
        using LeaseElection.Hosting.Scheduling;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;

        """;

    /// <summary>What this test runs with itself: nothing is downloaded.</summary>
    private static readonly ReferenceAssemblies OwnAssemblies = new("net10.0");

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                    || name is "LeaseElection.Hosting.dll" or "LeaseElection.Hosting.Scheduling.dll" or "netstandard.dll"))
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>The source has the findings that are marked in it and no others, and compiles.</summary>
    public static Task FindsAsync<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        RunAsync(new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>(), source);

    /// <summary>Likewise, and the fix makes this of it.</summary>
    /// <param name="source">What the user has written.</param>
    /// <param name="fixedSource">What it becomes; the same, where there is no fix.</param>
    /// <param name="atEnd">Whether the finding is made when all has been read, and not while one types.</param>
    public static Task FixesAsync<TAnalyzer, TFix>(string source, string fixedSource, bool atEnd = false)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new() =>
        RunAsync(
            new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
            {
                FixedCode = Usings + fixedSource,
                CodeFixTestBehaviors = atEnd ? CodeFixTestBehaviors.SkipLocalDiagnosticCheck : CodeFixTestBehaviors.None,
            },
            source);

    private static Task RunAsync(AnalyzerTest<DefaultVerifier> test, string source)
    {
        test.TestCode = Usings + source;
        test.TestState.OutputKind = OutputKind.ConsoleApplication;

        test.ReferenceAssemblies = OwnAssemblies;
        test.TestState.AdditionalReferences.AddRange(References);
        return test.RunAsync();
    }
}
