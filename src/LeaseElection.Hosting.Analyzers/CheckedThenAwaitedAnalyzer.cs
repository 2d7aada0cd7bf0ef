using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// LE0001: <c>if (election.IsLeader) { await X(); Act(); }</c>. What counts is a statement that only calls something, on a way from a check
/// that said yes, past an await, without another check.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CheckedThenAwaitedAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.CheckedThenAwaited];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (LibraryTypes.Of(start.Compilation) is { } types)
                start.RegisterOperationBlockAction(block => AnalyzeBlocks(block, types));
        });
    }

    private static void AnalyzeBlocks(OperationBlockAnalysisContext context, LibraryTypes types)
    {
        foreach (IOperation body in context.OperationBlocks)
        {
            // A graph is dear, and hardly any body asks who leads.
            if (!body.Descendants().Any(types.IsCheck))
                continue;

            var acts = new Acts(types, body, context.OwningSymbol);
            foreach (ControlFlowGraph graph in WithNested(context.GetControlFlowGraph(body), context.CancellationToken))
            {
                foreach ((IOperation act, IPropertyReferenceOperation check) in new LeadershipFlow(graph, types, acts).StaleActs())
                    context.ReportDiagnostic(Finding(act, check));
            }
        }
    }

    private static Diagnostic Finding(IOperation act, IPropertyReferenceOperation check)
    {
        // What a fix needs: whom to ask again. Of a pattern (Term is { IsHeld: true } term) that is what it declares.
        string? asked = check.Syntax.FirstAncestorOrSelf<RecursivePatternSyntax>() is { } pattern ? pattern.Designation?.ToString()
            : check.Instance is { IsImplicit: false } instance ? instance.Syntax.ToString()
            : null;
        string name = act is IInvocationOperation call ? call.TargetMethod.Name : act.Syntax.ToString();
        return Diagnostic.Create(
            Rules.CheckedThenAwaited, act.Syntax.GetLocation(),
            ImmutableDictionary<string, string?>.Empty.Add("Asked", asked).Add("Check", check.Property.Name), name, check.Property.Name);
    }

    /// <summary>The graph of a body, and those of the lambdas and local functions in it, at any depth.</summary>
    private static IEnumerable<ControlFlowGraph> WithNested(ControlFlowGraph graph, CancellationToken cancellationToken)
    {
        var waiting = new Stack<ControlFlowGraph>([graph]);
        while (waiting.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ControlFlowGraph next = waiting.Pop();
            yield return next;
            foreach (IMethodSymbol local in next.LocalFunctions)
                waiting.Push(next.GetLocalFunctionControlFlowGraph(local, cancellationToken));
            foreach (IFlowAnonymousFunctionOperation lambda in next.Blocks
                .SelectMany(block => block.Operations.Append(block.BranchValue))
                .SelectMany(operation => operation?.DescendantsAndSelf() ?? [])
                .OfType<IFlowAnonymousFunctionOperation>())
            {
                waiting.Push(next.GetAnonymousFunctionControlFlowGraph(lambda, cancellationToken));
            }
        }
    }
}
