using System.Reflection;
using System.Runtime.Loader;
using LeaseElection.Simulation;
using LeaseElection.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// The deciding part of the package with one edit, compiled from the very sources it is made of together with the worlds, which play it.
/// That it compiles by itself is also what shows that it needs no host, no clock and no lease.
/// </summary>
internal static class ScheduleMutant
{
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        """;

    private static readonly string[] Parts = ["Due/*.cs", "Delivery.cs", "MissedRuns.cs", "ScheduleOptions.cs"];
    private static readonly string Package = Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting.Scheduling");

    private static readonly string Worlds =
        Path.Combine(Checkout.Root, "tests", "LeaseElection.Hosting.Scheduling.Tests", "Worlds");

    /// <summary>How many violations the oracle sees in a world.</summary>
    public static Func<int, int, int> Compile(MutantEdit edit)
    {
        IEnumerable<string> files = Parts.SelectMany(part =>
            Directory.GetFiles(Path.Combine(Package, Path.GetDirectoryName(part)!), Path.GetFileName(part)));
        IEnumerable<string> sources = files.Select(file => Path.GetRelativePath(Package, file) == edit.File
            ? edit.Apply(File.ReadAllText(file))
            : File.ReadAllText(file));
        string[] worlds = ["Noted.cs", "ReferenceSchedule.cs", "ScheduleOracle.cs", "ScheduleWorld.cs", "WorldReport.cs"];
        string[] all = [Preamble, .. sources, .. worlds.Select(file => File.ReadAllText(Path.Combine(Worlds, file)))];
        string assemblies = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        IEnumerable<MetadataReference> references = assemblies.Split(Path.PathSeparator)
            .Where(
                file => Path.GetFileName(file) is { } name && (
                    name.StartsWith("System.", StringComparison.Ordinal) || name == "Cronos.dll"))
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            "LeaseElection.Hosting.Scheduling.Mutant", all.Select(source => CSharpSyntaxTree.ParseText(source)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var assembly = new MemoryStream();
        string[] errors = [.. compilation.Emit(assembly).Diagnostics
            .Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => problem.ToString())];
        Assert.True(errors.Length == 0, string.Join('\n', errors));

        assembly.Position = 0;
        Assembly mutant = new AssemblyLoadContext(edit.Text, isCollectible: true).LoadFromStream(assembly);
        Type world = mutant.GetType("LeaseElection.Hosting.Scheduling.Worlds.ScheduleWorld", throwOnError: true)!;
        MethodInfo play = world.GetMethod("Play")!;
        PropertyInfo violations = play.ReturnType.GetProperty("Violations")!;
        return (seed, days) =>
        {
            object report = play.Invoke(null, [seed, days])!;
            return ((IReadOnlyCollection<string>)violations.GetValue(report)!).Count;
        };
    }
}
