using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// Tells what only a leader may do from what anybody may: by guess, on the side of silence. An act is a statement that does nothing but
/// call; what a call returns is a value, which is often only read. What is guarded by itself is no act either.
/// </summary>
internal sealed class Acts
{
    /// <summary>Calls of these change nothing outside of the process.</summary>
    private static readonly string[] Harmless =
    [
        "Microsoft.Extensions.Logging", "Serilog", "System.Collections", "System.Diagnostics", "System.Linq", "System.Text",
        "System.Threading",
    ];

    private readonly LibraryTypes _types;
    private readonly bool _tokensAreOfATerm;

    /// <param name="types">The library.</param>
    /// <param name="body">Where it looks for acts.</param>
    /// <param name="owner">Whose body that is.</param>
    public Acts(LibraryTypes types, IOperation body, ISymbol owner)
    {
        _types = types;
        // Where a term's token is at hand, those that are passed on are it, or linked to it.
        _tokensAreOfATerm = HasTermAndToken(owner as IMethodSymbol)
            || body.Descendants().Any(operation => types.IsLost(operation)
                || operation is IAnonymousFunctionOperation lambda && HasTermAndToken(lambda.Symbol)
                || operation is ILocalFunctionOperation local && HasTermAndToken(local.Symbol));
    }

    /// <summary>The act that a statement is, or null.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="awaitedFirst">What it awaits before the act: <c>Act(await Load())</c>.</param>
    public IInvocationOperation? Find(IOperation statement, out IAwaitOperation? awaitedFirst)
    {
        awaitedFirst = null;
        if (statement is not IExpressionStatementOperation { IsImplicit: false, Operation: var expression }
            || Called(expression) is not { IsImplicit: false } call || IsHarmless(call) || IsGuarded(call))
        {
            return null;
        }

        awaitedFirst = call.Descendants().OfType<IAwaitOperation>().FirstOrDefault();
        return call;
    }

    /// <summary>The call in <c>await Act().ConfigureAwait(false)</c> and in <c>_ = Act()</c>.</summary>
    private static IInvocationOperation? Called(IOperation expression) => expression switch
    {
        IAwaitOperation awaited => Called(awaited.Operation),
        IConversionOperation conversion => Called(conversion.Operand),
        ISimpleAssignmentOperation { Target: IDiscardOperation } discarded => Called(discarded.Value),
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: IInvocationOperation configured } => configured,
        IInvocationOperation call => call,
        _ => null,
    };

    private static bool IsHarmless(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return false;
        string place = method.ContainingNamespace?.ToDisplayString() ?? "";
        return place == "System"
            || Harmless.Any(harmless => place == harmless || place.StartsWith(harmless + ".", StringComparison.Ordinal))
            || method.Name is "Dispose" or "DisposeAsync"
            || method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "LoggerMessageAttribute")
            || method.Parameters.Any(parameter => parameter.Type.Name == "ILogger");
    }

    /// <summary>Whether it is given what makes a late act harmless, or lets it look: term, election, fencing token, the term's token.</summary>
    private bool IsGuarded(IInvocationOperation call) => call.Descendants().Any(inner =>
        LibraryTypes.Is(inner.Type, _types.Term)
        || LibraryTypes.Is(inner.Type, _types.Election)
        || LibraryTypes.Is(inner.Type, _types.FencingToken)
        || (_tokensAreOfATerm && IsTokenOfSomebody(inner)));

    private bool IsTokenOfSomebody(IOperation operation) => LibraryTypes.Is(operation.Type, _types.CancellationToken)
        && operation is IParameterReferenceOperation or ILocalReferenceOperation or IFieldReferenceOperation
            or IPropertyReferenceOperation { Property.IsStatic: false };

    private bool HasTermAndToken(IMethodSymbol? method) => method is not null
        && method.Parameters.Any(parameter => LibraryTypes.Is(parameter.Type, _types.Term))
        && method.Parameters.Any(parameter => LibraryTypes.Is(parameter.Type, _types.CancellationToken));
}
