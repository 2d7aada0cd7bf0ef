using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>The library, as a compilation that references it knows it.</summary>
internal sealed class LibraryTypes
{
    private readonly ISymbol? _isLeader;
    private readonly ISymbol? _isHeld;
    private readonly ISymbol? _lost;

    private LibraryTypes(Compilation compilation, INamedTypeSymbol election)
    {
        Election = election;
        Term = Find(compilation, "LeadershipTerm");
        FencingToken = Find(compilation, "FencingToken");
        ScheduledRun = Find(compilation, "Scheduling.ScheduledRun");
        Works = Those(
            Find(compilation, "ILeaderWork"), Find(compilation, "IPartitionedWork"), Find(compilation, "Scheduling.IScheduledWork"));
        Builder = Find(compilation, "LeaderElectionBuilder");
        Registrars = Those(
            Builder, compilation.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.ScheduledWorkBuilderExtensions"));
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        _isLeader = election.GetMembers("IsLeader").FirstOrDefault();
        _isHeld = Term?.GetMembers("IsHeld").FirstOrDefault();
        _lost = Term?.GetMembers("Lost").FirstOrDefault();
    }

    public INamedTypeSymbol Election { get; }

    public INamedTypeSymbol? Term { get; }

    public INamedTypeSymbol? FencingToken { get; }

    public INamedTypeSymbol? ScheduledRun { get; }

    /// <summary>
    /// <c>ILeaderWork</c>, <c>IPartitionedWork</c>, <c>IScheduledWork</c>; a library that is older than this analyzer lacks the second, and
    /// the third is in a package of its own.
    /// </summary>
    public IReadOnlyList<INamedTypeSymbol> Works { get; }

    public INamedTypeSymbol? Builder { get; }

    /// <summary>Whose methods take work.</summary>
    public IReadOnlyList<INamedTypeSymbol> Registrars { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    /// <summary>The types of the library, or null where it is not referenced: then there is nothing to look at.</summary>
    public static LibraryTypes? Of(Compilation compilation) =>
        Find(compilation, "ILeaderElection") is { } election ? new LibraryTypes(compilation, election) : null;

    /// <summary>Whether it reads <c>ILeaderElection.IsLeader</c> or <c>LeadershipTerm.IsHeld</c>.</summary>
    public bool IsCheck(IOperation operation) => operation is IPropertyReferenceOperation { Property: var property }
        && (Is(property, _isLeader) || Is(property, _isHeld));

    public bool IsLost(IOperation operation) => operation is IPropertyReferenceOperation { Property: var property } && Is(property, _lost);

    /// <summary>Whether it is work that has a term: what it does, it does while this process leads.</summary>
    public bool IsWork(ITypeSymbol type) => Works.Any(work => type.AllInterfaces.Contains(work, SymbolEqualityComparer.Default));

    /// <summary>Whether it is the <c>ExecuteAsync</c> of one of <see cref="Works"/>.</summary>
    public bool IsExecute(IMethodSymbol method) => Works.Any(work =>
        method.ContainingType.AllInterfaces.Contains(work, SymbolEqualityComparer.Default)
            && work.GetMembers("ExecuteAsync").Any(execute =>
                Is(method, method.ContainingType.FindImplementationForInterfaceMember(execute))))
        || (method.OverriddenMethod is { } overridden && IsExecute(overridden));

    public static bool Is(ISymbol? one, ISymbol? other) => one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    private static INamedTypeSymbol[] Those(params INamedTypeSymbol?[] types) => [.. types.OfType<INamedTypeSymbol>()];

    private static INamedTypeSymbol? Find(Compilation compilation, string name) =>
        compilation.GetTypeByMetadataName("LeaseElection.Hosting." + name);
}
