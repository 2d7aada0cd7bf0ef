using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// LE0003: <c>AddLeaderElection().AddHostedService&lt;T&gt;()</c> and <c>services.AddHostedService&lt;T&gt;()</c> in one program. Known when all of
/// it has been read, because the two are often in files of their own.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RegisteredTwiceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.RegisteredTwice];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (LibraryTypes.Of(start.Compilation) is not { Builder: { } builder })
                return;
            INamedTypeSymbol? ordinary = start.Compilation.GetTypeByMetadataName(
                "Microsoft.Extensions.DependencyInjection.ServiceCollectionHostedServiceExtensions");
            var leaderOnly = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
            var everywhere = new ConcurrentBag<(ITypeSymbol Type, Location Place)>();

            start.RegisterOperationAction(
                operation =>
                {
                    var call = (IInvocationOperation)operation.Operation;
                    if (call.TargetMethod is not { Name: "AddHostedService", TypeArguments: { Length: 1 } types } method)
                        return;
                    if (LibraryTypes.Is(method.ContainingType, builder))
                        leaderOnly[types[0]] = true;
                    else if (LibraryTypes.Is(method.ContainingType, ordinary))
                        everywhere.Add((types[0], call.Syntax.GetLocation()));
                },
                OperationKind.Invocation);
            start.RegisterCompilationEndAction(end =>
            {
                foreach ((ITypeSymbol type, Location place) in everywhere.Where(registered => leaderOnly.ContainsKey(registered.Type)))
                    end.ReportDiagnostic(Diagnostic.Create(Rules.RegisteredTwice, place, type.Name));
            });
        });
    }
}
