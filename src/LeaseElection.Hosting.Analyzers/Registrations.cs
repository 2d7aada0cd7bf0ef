using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>
/// Who registers what, and who calls whom. Two registrations are one program's when one method does both, itself or through what it calls:
/// a library that offers both ways, or tests that try both, do not.
/// </summary>
internal sealed class Registrations
{
    private readonly ConcurrentBag<(ISymbol Method, Site Site)> _sites = [];
    private readonly ConcurrentBag<(ISymbol Caller, ISymbol Called, SyntaxNode At)> _calls = [];

    public void Add(ISymbol method, ITypeSymbol type, SyntaxNode call, bool leaderOnly) =>
        _sites.Add((method, new Site(call, call, type, leaderOnly)));

    /// <param name="caller">Who calls it, or hands it on.</param>
    /// <param name="called">A method of the same program.</param>
    /// <param name="at">Where.</param>
    public void AddCall(ISymbol caller, ISymbol called, SyntaxNode at) => _calls.Add((caller, called, at));

    /// <summary>The ordinary registrations of services that are leader-only as well.</summary>
    public IEnumerable<(ITypeSymbol Type, SyntaxNode Call)> OfBothKinds()
    {
        var found = new HashSet<SyntaxNode>();
        if (_sites.All(site => site.Site.LeaderOnly) || !_sites.Any(site => site.Site.LeaderOnly))
            yield break;
        foreach (List<Site> sites in ByMethod().Values)
        {
            foreach (Site everywhere in sites.Where(site => !site.LeaderOnly))
            {
                bool isBoth = sites.Any(other => other.LeaderOnly && other.At != everywhere.At
                    && LibraryTypes.Is(other.Type, everywhere.Type) && !AreAlternatives(other.At, everywhere.At));
                if (isBoth && found.Add(everywhere.Call))
                    yield return (everywhere.Type, everywhere.Call);
            }
        }
    }

    /// <summary>What each method registers, itself and through what it calls.</summary>
    private Dictionary<ISymbol, List<Site>> ByMethod()
    {
        ILookup<ISymbol, (ISymbol Caller, ISymbol Called, SyntaxNode At)> callers =
            _calls.ToLookup(call => call.Called, SymbolEqualityComparer.Default);
        var all = new Dictionary<ISymbol, List<Site>>(SymbolEqualityComparer.Default);
        var waiting = new Queue<(ISymbol Method, Site Site)>(_sites);
        while (waiting.Count > 0)
        {
            (ISymbol method, Site site) = waiting.Dequeue();
            if (!all.TryGetValue(method, out List<Site>? known))
                all[method] = known = [];
            // Methods may call each other in a ring.
            if (known.Any(other => other.At == site.At && other.Call == site.Call))
                continue;
            known.Add(site);
            foreach ((ISymbol caller, _, SyntaxNode at) in callers[method])
                waiting.Enqueue((caller, new Site(at, site.Call, site.Type, site.LeaderOnly)));
        }

        return all;
    }

    /// <summary>Whether only one of the two is done: <c>if (several) leader-only; else everywhere;</c>.</summary>
    private static bool AreAlternatives(SyntaxNode one, SyntaxNode other) =>
        EndsBefore(one, other) || EndsBefore(other, one)
        || one.Ancestors().FirstOrDefault(ancestor => ancestor.Contains(other)) switch
        {
            IfStatementSyntax { Else: { } otherwise } either =>
                !either.Condition.Contains(one) && otherwise.Contains(one) != otherwise.Contains(other),
            ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax => true,
            _ => false,
        };

    /// <summary><c>if (single) { everywhere; return; } leader-only;</c>.</summary>
    private static bool EndsBefore(SyntaxNode one, SyntaxNode other) => one.Ancestors()
        .TakeWhile(ancestor => !ancestor.Contains(other))
        .OfType<BlockSyntax>()
        .Any(block => block.Parent is IfStatementSyntax or ElseClauseSyntax
            && block.Statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax);

    private sealed class Site(SyntaxNode at, SyntaxNode call, ITypeSymbol type, bool leaderOnly)
    {
        /// <summary>Where the method does it: the registration, or the call that leads to it.</summary>
        public SyntaxNode At { get; } = at;

        /// <summary>The registration.</summary>
        public SyntaxNode Call { get; } = call;

        public ITypeSymbol Type { get; } = type;

        public bool LeaderOnly { get; } = leaderOnly;
    }
}
