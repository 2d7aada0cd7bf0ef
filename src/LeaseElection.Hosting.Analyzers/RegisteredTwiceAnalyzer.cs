using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// LE0003: <c>AddLeaderElection().AddHostedService&lt;T&gt;()</c> and <c>services.AddHostedService&lt;T&gt;()</c> in one program. Known
/// when all of it has been read, because the two are often in files of their own.
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
            var leaderOnly = new ConcurrentBag<(ITypeSymbol Type, SyntaxNode Call)>();
            var everywhere = new ConcurrentBag<(ITypeSymbol Type, SyntaxNode Call)>();

            start.RegisterOperationAction(
                operation =>
                {
                    // Of an interface, or of the T of a generic method, nothing is known.
                    var call = (IInvocationOperation)operation.Operation;
                    if (call.TargetMethod is not { Name: "AddHostedService", TypeArguments: { Length: 1 } types } method
                        || types[0] is not { IsAbstract: false, TypeKind: TypeKind.Class } type)
                    {
                        return;
                    }

                    if (LibraryTypes.Is(method.ContainingType, builder))
                        leaderOnly.Add((type, call.Syntax));
                    else if (LibraryTypes.Is(method.ContainingType, ordinary))
                        everywhere.Add((type, call.Syntax));
                },
                OperationKind.Invocation);
            start.RegisterCompilationEndAction(end =>
            {
                foreach ((ITypeSymbol type, SyntaxNode call) in everywhere)
                {
                    if (leaderOnly.Any(other => LibraryTypes.Is(other.Type, type) && !AreAlternatives(other.Call, call)))
                        end.ReportDiagnostic(Diagnostic.Create(Rules.RegisteredTwice, call.GetLocation(), type.Name));
                }
            });
        });
    }

    /// <summary>Whether only one of the two is done: <c>if (several) leader-only; else everywhere;</c>.</summary>
    private static bool AreAlternatives(SyntaxNode one, SyntaxNode other) =>
        one.Ancestors().FirstOrDefault(ancestor => ancestor.Contains(other)) switch
        {
            IfStatementSyntax { Else: { } otherwise } either =>
                !either.Condition.Contains(one) && otherwise.Contains(one) != otherwise.Contains(other),
            ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax => true,
            _ => false,
        };
}
