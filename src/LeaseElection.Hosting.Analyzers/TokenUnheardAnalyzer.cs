using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// LE0002: an <c>ExecuteAsync</c> of <c>ILeaderWork</c>, <c>IPartitionedWork</c> or <c>IScheduledWork</c>, or a delegate given to
/// <c>AddWork</c>, <c>AddPartitionedWork</c> or <c>AddScheduledWork</c>, that takes time and looks at neither its token nor
/// <c>term.Lost</c>. <c>IsHeld</c> and <c>ThrowIfLost()</c> do not count: while the host stops, or the leader steps down, they stay content
/// until the work has returned.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenUnheardAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.TokenUnheard];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (LibraryTypes.Of(start.Compilation) is not { Works.Count: > 0, Builder: not null } types)
                return;
            start.RegisterOperationBlockAction(block => AnalyzeMethod(block, types));
            start.RegisterOperationAction(call => AnalyzeCall(call, types), OperationKind.Invocation);
        });
    }

    private static void AnalyzeMethod(OperationBlockAnalysisContext context, LibraryTypes types)
    {
        if (context.OwningSymbol is IMethodSymbol method && types.IsExecute(method)
            && context.OperationBlocks.Any(body => body is IBlockOperation && IsUnheard(body, method, types)))
        {
            Tell(context.ReportDiagnostic, method.Parameters.Last(), method);
        }
    }

    private static void AnalyzeCall(OperationAnalysisContext context, LibraryTypes types)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("AddWork" or "AddPartitionedWork" or "AddScheduledWork")
            || !types.Registrars.Any(registrar => LibraryTypes.Is(call.TargetMethod.ContainingType, registrar)))
        {
            return;
        }

        foreach (IDelegateCreationOperation work in call.Arguments.Select(argument => argument.Value).OfType<IDelegateCreationOperation>())
        {
            if (work.Target is IAnonymousFunctionOperation { Symbol: { Parameters.Length: >= 3 } lambda, Body: var body }
                && IsUnheard(body, lambda, types))
            {
                Tell(context.ReportDiagnostic, lambda.Parameters.Last(), lambda);
            }
            else if (work.Target is IMethodReferenceOperation { Method: { Parameters.Length: >= 3 } method }
                && BodyInSight(method, call, context.CancellationToken) is { } named
                && IsUnheard(named, method, types))
            {
                Tell(context.ReportDiagnostic, method.Parameters.Last(), method);
            }
        }
    }

    /// <summary>What a named method or local function does, if it stands in the same file: other files are dear to read.</summary>
    private static IOperation? BodyInSight(IMethodSymbol method, IOperation call, CancellationToken cancellationToken) =>
        method.DeclaringSyntaxReferences.FirstOrDefault(place => place.SyntaxTree == call.Syntax.SyntaxTree) is { } place
            ? call.SemanticModel?.GetOperation(place.GetSyntax(cancellationToken), cancellationToken) switch
            {
                IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
                ILocalFunctionOperation local => local.Body,
                _ => null,
            }
            : null;

    private static bool IsUnheard(IOperation body, IMethodSymbol method, LibraryTypes types)
    {
        IOperation[] operations = [.. body.Descendants()];
        return operations.Any(operation => TakesTime(operation, body)) && !operations.Any(operation => operation switch
        {
            IParameterReferenceOperation { Parameter: var parameter } when LibraryTypes.Is(parameter, method.Parameters.Last()) => true,

            // Whoever is given the term, or the run that has it, can look at its token.
            IParameterReferenceOperation or IPropertyReferenceOperation
                when LibraryTypes.Is(operation.Type, types.Term) || LibraryTypes.Is(operation.Type, types.ScheduledRun) =>
                operation.Parent is not IMemberReferenceOperation and not IInvocationOperation && !IsOnlyChecked(operation),
            _ => types.IsLost(operation),
        });
    }

    /// <summary><c>ArgumentNullException.ThrowIfNull(term)</c>.</summary>
    private static bool IsOnlyChecked(IOperation term) => term.Parent switch
    {
        IConversionOperation conversion => IsOnlyChecked(conversion),
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.ContainingType.Name: "ArgumentNullException" } } => true,
        _ => false,
    };

    /// <summary>
    /// Work that only sets a flag, or throws, has nothing to stop; nor has one that walks over a few things that it has, or asks them in a
    /// lambda that returns something.
    /// </summary>
    private static bool TakesTime(IOperation operation, IOperation body) => operation switch
    {
        IAwaitOperation => true,
        IForEachLoopOperation { IsAsynchronous: false, Collection: var collection } => Unconverted(collection) is IInvocationOperation,
        ILoopOperation => true,
        IReturnOperation { ReturnedValue: { } value } => FunctionOf(operation, body) == body
            && Unconverted(value) is IInvocationOperation { TargetMethod.Name: not ("FromResult" or "FromException" or "FromCanceled") },
        _ => false,
    };

    /// <summary>The body of the lambda or local function that it stands in, or that of the work.</summary>
    private static IOperation FunctionOf(IOperation operation, IOperation body)
    {
        IOperation at = operation;
        while (at != body && at.Parent is { } parent and not IAnonymousFunctionOperation and not ILocalFunctionOperation)
            at = parent;
        return at;
    }

    private static IOperation Unconverted(IOperation value) =>
        value is IConversionOperation conversion ? Unconverted(conversion.Operand) : value;

    private static void Tell(Action<Diagnostic> report, IParameterSymbol token, IMethodSymbol method)
    {
        Location place = token.Locations.FirstOrDefault() ?? method.Locations[0];
        report(Diagnostic.Create(Rules.TokenUnheard, place, token.IsDiscard ? "_" : token.Name));
    }
}
