using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
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
            var registrations = new Registrations();

            start.RegisterOperationAction(
                operation => Read(operation, registrations, builder, ordinary), OperationKind.Invocation, OperationKind.MethodReference);
            start.RegisterCompilationEndAction(end =>
            {
                foreach ((ITypeSymbol type, SyntaxNode call) in registrations.OfBothKinds())
                    end.ReportDiagnostic(Diagnostic.Create(Rules.RegisteredTwice, call.GetLocation(), type.Name));
            });
        });
    }

    private static void Read(
        OperationAnalysisContext context, Registrations registrations, INamedTypeSymbol builder, INamedTypeSymbol? ordinary)
    {
        IMethodSymbol? method = context.Operation switch
        {
            IInvocationOperation call => call.TargetMethod,
            IMethodReferenceOperation reference => reference.Method,
            _ => null,
        };
        if (method is null)
            return;

        // Of an interface, or of the T of a generic method, nothing is known.
        if (method is { Name: "AddHostedService", TypeArguments: { Length: 1 } types }
            && types[0] is { IsAbstract: false, TypeKind: TypeKind.Class } type
            && (LibraryTypes.Is(method.ContainingType, builder) || LibraryTypes.Is(method.ContainingType, ordinary)))
        {
            registrations.Add(
                context.ContainingSymbol, type, context.Operation.Syntax, leaderOnly: LibraryTypes.Is(method.ContainingType, builder));
        }
        else if (method.MethodKind != MethodKind.LocalFunction
            && LibraryTypes.Is(method.ContainingAssembly, context.Compilation.Assembly))
        {
            // Of a local function the method around it is known as the one that does it.
            registrations.AddCall(context.ContainingSymbol, (method.ReducedFrom ?? method).OriginalDefinition, context.Operation.Syntax);
        }
    }
}
