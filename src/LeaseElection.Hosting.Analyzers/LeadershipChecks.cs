using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>Recognizes the ways in which a condition asks whether this process leads.</summary>
internal sealed class LeadershipChecks
{
    private readonly LibraryTypes _types;

    /// <summary><c>term?.IsHeld == true</c>: a graph computes the left side first and keeps it under a number.</summary>
    private readonly Dictionary<CaptureId, IPropertyReferenceOperation> _captured = [];

    public LeadershipChecks(ControlFlowGraph graph, LibraryTypes types)
    {
        _types = types;
        foreach (IFlowCaptureOperation capture in graph.Blocks.SelectMany(block => block.Operations).OfType<IFlowCaptureOperation>())
        {
            if (In(capture.Value) is { SaysYesWhen: true } check)
                _captured[capture.Id] = check.Property;
        }
    }

    /// <summary>The property that a condition reads, and the outcome that means leadership; null when it asks something else.</summary>
    public Check? In(IOperation condition) => condition switch
    {
        IPropertyReferenceOperation property when _types.IsCheck(property) => new Check(property, true),
        IFlowCaptureReferenceOperation reference when _captured.TryGetValue(reference.Id, out IPropertyReferenceOperation? property) =>
            new Check(property, true),
        IConversionOperation conversion => In(conversion.Operand),
        IInvocationOperation { TargetMethod.Name: "GetValueOrDefault", Instance: { } nullable } => In(nullable), // term?.IsHeld ?? false
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => In(not.Operand)?.Negated(),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equal => Compared(equal),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } different => Compared(different)?.Negated(),
        IIsPatternOperation { Pattern: var pattern } matched => InPattern(matched.Value, pattern),
        _ => null,
    };

    /// <summary>
    /// Whether it makes sure anew: <c>ThrowIfLost()</c>, <c>await WaitForLeadershipAsync()</c>, or a call that is given the election or the
    /// term and may do so.
    /// </summary>
    public bool IsAnotherCheck(IOperation operation) => operation is IInvocationOperation call
        && (LibraryTypes.Is(call.TargetMethod.ContainingType, _types.Term)
            || LibraryTypes.Is(call.TargetMethod.ContainingType, _types.Election)
            || call.Arguments.Any(argument =>
                LibraryTypes.Is(argument.Value.Type, _types.Term) || LibraryTypes.Is(argument.Value.Type, _types.Election)));

    private Check? Compared(IBinaryOperation binary) =>
        binary.RightOperand.ConstantValue is { HasValue: true, Value: bool right } ? Turned(In(binary.LeftOperand), right)
        : binary.LeftOperand.ConstantValue is { HasValue: true, Value: bool left } ? Turned(In(binary.RightOperand), left)
        : Unwrapped(binary.RightOperand) is { HasValue: true, Value: bool value } ? Turned(In(binary.LeftOperand), value)
        : null;

    private Check? InPattern(IOperation value, IPatternOperation pattern) => pattern switch
    {
        INegatedPatternOperation negated => InPattern(value, negated.Pattern)?.Negated(),
        IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: bool wanted } } => Turned(In(value), wanted),
        IRecursivePatternOperation recursive => recursive.PropertySubpatterns
            .Select(property => InPattern(property.Member, property.Pattern))
            .FirstOrDefault(check => check is { SaysYesWhen: true }),
        _ => null,
    };

    private static Check? Turned(Check? check, bool value) => value ? check : check?.Negated();

    /// <summary>The true of <c>x == true</c>, where x may be null.</summary>
    private static Optional<object?> Unwrapped(IOperation operation) =>
        operation is IConversionOperation conversion ? conversion.Operand.ConstantValue : default;

    internal sealed class Check(IPropertyReferenceOperation property, bool saysYesWhen)
    {
        /// <summary>What is read.</summary>
        public IPropertyReferenceOperation Property { get; } = property;

        /// <summary>The outcome of the condition that means leadership.</summary>
        public bool SaysYesWhen { get; } = saysYesWhen;

        public Check Negated() => new(Property, !SaysYesWhen);
    }
}
