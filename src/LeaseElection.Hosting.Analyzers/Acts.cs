using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// Tells what only a leader may do from what anybody may: by guess, on the side of silence. An act is a statement that does nothing but
/// call; what a call returns is a value, which is often only read. What is guarded by itself is no act either.
/// </summary>
internal sealed class Acts
{
    /// <summary>
    /// Calls of these change nothing outside of the process, or nothing that is the leader's: they answer whoever asked, run or stop the
    /// host, or are tests.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "FluentAssertions", "LeaseElection.Hosting", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http",
        "Microsoft.Extensions.Caching.Memory", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        "Microsoft.VisualStudio.TestTools", "Moq", "NSubstitute", "NUnit", "OpenTelemetry", "Prometheus", "Serilog", "Shouldly",
        "System.Buffers", "System.Collections", "System.Diagnostics", "System.Linq", "System.Runtime", "System.Text", "System.Threading",
        "Xunit",
    ];

    /// <summary>The others only note what <c>SaveChanges</c> will do.</summary>
    private static readonly string[] WritesOfEntityFramework = ["SaveChanges", "Execute", "Migrate", "Ensure"];

    private readonly LibraryTypes _types;
    private readonly IOperation _body;
    private readonly bool _tokensAreOfATerm;

    /// <param name="types">The library.</param>
    /// <param name="body">Where it looks for acts.</param>
    /// <param name="owner">Whose body that is.</param>
    public Acts(LibraryTypes types, IOperation body, ISymbol owner)
    {
        _types = types;
        _body = body;
        // Where a term's token is at hand, those that are passed on are it, or linked to it: also in what leader work calls of its own.
        _tokensAreOfATerm = HasTermAndToken(owner as IMethodSymbol)
            || IsOfATerm(owner.ContainingType)
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

    /// <summary>Whether it asks the token of a term whether the term has ended.</summary>
    /// <param name="operation">A part of a condition, or of a statement.</param>
    public bool AsksToken(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "ThrowIfCancellationRequested", Instance: { } token } => IsTokenOfATerm(token),
        IPropertyReferenceOperation { Property.Name: "IsCancellationRequested", Instance: { } token } => IsTokenOfATerm(token),
        _ => false,
    };

    private static bool IsHarmless(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return false;
        string place = method.ContainingNamespace?.ToDisplayString() ?? "";
        return place == "System"
            || Harmless.Any(harmless => place == harmless || place.StartsWith(harmless + ".", StringComparison.Ordinal))
            || method.Name is "Dispose" or "DisposeAsync" or "EnsureSuccessStatusCode"
            || method.Name.StartsWith("ThrowIf", StringComparison.Ordinal)
            || (place == "Microsoft.EntityFrameworkCore" && !WritesOfEntityFramework.Any(method.Name.StartsWith))
            || method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "LoggerMessageAttribute")
            || method.Parameters.Any(parameter => parameter.Type.Name == "ILogger");
    }

    /// <summary>
    /// Whether it is given what makes a late act harmless, or lets it look: term, election, fencing token, the term's token.
    /// </summary>
    private bool IsGuarded(IInvocationOperation call) => call.Descendants().SelectMany(WithLambda).Any(inner =>
        LibraryTypes.Is(inner.Type, _types.Term)
        || LibraryTypes.Is(inner.Type, _types.Election)
        || LibraryTypes.Is(inner.Type, _types.FencingToken)
        || IsTokenOfATerm(inner));

    /// <summary>A graph keeps what a lambda does to itself; the body has it.</summary>
    private IEnumerable<IOperation> WithLambda(IOperation operation) => operation is IFlowAnonymousFunctionOperation
        ? _body.Descendants().Where(inner => inner.Syntax == operation.Syntax).SelectMany(lambda => lambda.DescendantsAndSelf())
        : [operation];

    private bool IsTokenOfATerm(IOperation operation) => _tokensAreOfATerm
        && LibraryTypes.Is(operation.Type, _types.CancellationToken)
        && operation is IParameterReferenceOperation or ILocalReferenceOperation or IFieldReferenceOperation
            or IPropertyReferenceOperation { Property.IsStatic: false };

    private bool IsOfATerm(INamedTypeSymbol? type) => type is not null
        && (_types.IsWork(type)
            || type.InstanceConstructors.SelectMany(constructor => constructor.Parameters)
                .Any(parameter => LibraryTypes.Is(parameter.Type, _types.Term)));

    private bool HasTermAndToken(IMethodSymbol? method) => method is not null
        && method.Parameters.Any(parameter => LibraryTypes.Is(parameter.Type, _types.Term))
        && method.Parameters.Any(parameter => LibraryTypes.Is(parameter.Type, _types.CancellationToken));
}
