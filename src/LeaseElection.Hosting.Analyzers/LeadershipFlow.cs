using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// What is known about leadership at each point of a graph: that a check said yes (fresh), that an await came after it (stale), or nothing.
/// Where two ways meet, the less that is known counts; behind a catch nothing is.
/// </summary>
internal sealed class LeadershipFlow(ControlFlowGraph graph, LibraryTypes types, Acts acts)
{
    private readonly Known[] _before = new Known[graph.Blocks.Length];
    private readonly LeadershipChecks _checks = new(graph, types);
    private readonly Dictionary<IAwaitOperation, (IOperation Act, IPropertyReferenceOperation Check)> _stale = [];

    /// <summary>How much is known, from most to least.</summary>
    private enum Level
    {
        Unreached,
        Fresh,
        Stale,
        Nothing,
    }

    /// <summary>What is done after an await, with the check that was before it. Of several acts after one await the first.</summary>
    public IEnumerable<(IOperation Act, IPropertyReferenceOperation Check)> StaleActs()
    {
        // A block without predecessors is where the body, a catch or a finally begins.
        var waiting = new Queue<BasicBlock>(graph.Blocks.Where(block => block.Predecessors.Length == 0));
        foreach (BasicBlock block in waiting)
            _before[block.Ordinal] = new Known(Level.Nothing, null, null);

        while (waiting.Count > 0)
        {
            BasicBlock block = waiting.Dequeue();
            Known after = Through(block, tell: false);
            Enter(block.FallThroughSuccessor, Along(block, after, conditional: false), waiting);
            Enter(block.ConditionalSuccessor, Along(block, after, conditional: true), waiting);
        }

        // Only now is known what is known before each.
        foreach (BasicBlock block in graph.Blocks)
            Through(block, tell: true);
        return _stale.Values;
    }

    private void Enter(ControlFlowBranch? branch, Known known, Queue<BasicBlock> waiting)
    {
        if (branch?.Destination is not { } next || known.Level <= _before[next.Ordinal].Level)
            return;
        _before[next.Ordinal] = known;
        waiting.Enqueue(next);
    }

    private Known Along(BasicBlock block, Known after, bool conditional)
    {
        if (block.BranchValue is null || block.ConditionKind == ControlFlowConditionKind.None)
            return after;
        bool value = (block.ConditionKind == ControlFlowConditionKind.WhenTrue) == conditional;
        if (block.BranchValue.ConstantValue is { HasValue: true, Value: bool constant } && constant != value)
            return default; // The null of `term?.IsHeld ?? false` never gets to what is guarded.
        return _checks.In(block.BranchValue) is not { } check ? after
            : check.SaysYesWhen == value ? new Known(Level.Fresh, check.Property, null)
            : new Known(Level.Nothing, null, null); // What is done there is done because nobody leads here: it cleans up, or gives up.
    }

    private Known Through(BasicBlock block, bool tell)
    {
        Known known = _before[block.Ordinal];
        foreach (IOperation operation in block.Operations.Append(block.BranchValue).OfType<IOperation>())
        {
            IOperation? act = acts.Find(operation, out IAwaitOperation? awaitedFirst);
            if (awaitedFirst is not null)
                known = known.Past(awaitedFirst);
            if (tell && act is not null && known is { Level: Level.Stale, Await: { } passed, Check: { } check }
                && !_stale.ContainsKey(passed))
            {
                _stale[passed] = (act, check);
            }

            if (operation.DescendantsAndSelf().OfType<IAwaitOperation>().FirstOrDefault() is { } awaited)
                known = known.Past(awaited);
            if (known.Level == Level.Stale
                && operation.DescendantsAndSelf().Any(inner => _checks.IsAnotherCheck(inner) || acts.AsksToken(inner)))
            {
                known = new Known(Level.Fresh, known.Check, null);
            }
        }

        return known;
    }

    private readonly struct Known(Level level, IPropertyReferenceOperation? check, IAwaitOperation? passed)
    {
        public Level Level { get; } = level;

        /// <summary>What said yes.</summary>
        public IPropertyReferenceOperation? Check { get; } = check;

        /// <summary>The first await after it.</summary>
        public IAwaitOperation? Await { get; } = passed;

        public Known Past(IAwaitOperation awaited) => Level == Level.Fresh ? new Known(Level.Stale, Check, awaited) : this;
    }
}
