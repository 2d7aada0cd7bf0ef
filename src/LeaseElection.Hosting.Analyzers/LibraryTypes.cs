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
        Work = Find(compilation, "ILeaderWork");
        Builder = Find(compilation, "LeaderElectionBuilder");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        Execute = Work?.GetMembers("ExecuteAsync").FirstOrDefault();
        _isLeader = election.GetMembers("IsLeader").FirstOrDefault();
        _isHeld = Term?.GetMembers("IsHeld").FirstOrDefault();
        _lost = Term?.GetMembers("Lost").FirstOrDefault();
    }

    public INamedTypeSymbol Election { get; }

    public INamedTypeSymbol? Term { get; }

    public INamedTypeSymbol? FencingToken { get; }

    public INamedTypeSymbol? Work { get; }

    public INamedTypeSymbol? Builder { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    /// <summary><c>ILeaderWork.ExecuteAsync</c>.</summary>
    public ISymbol? Execute { get; }

    /// <summary>The types of the library, or null where it is not referenced: then there is nothing to look at.</summary>
    public static LibraryTypes? Of(Compilation compilation) =>
        Find(compilation, "ILeaderElection") is { } election ? new LibraryTypes(compilation, election) : null;

    /// <summary>Whether it reads <c>ILeaderElection.IsLeader</c> or <c>LeadershipTerm.IsHeld</c>.</summary>
    public bool IsCheck(IOperation operation) => operation is IPropertyReferenceOperation { Property: var property }
        && (Is(property, _isLeader) || Is(property, _isHeld));

    public bool IsLost(IOperation operation) => operation is IPropertyReferenceOperation { Property: var property } && Is(property, _lost);

    public static bool Is(ISymbol? one, ISymbol? other) => one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    private static INamedTypeSymbol? Find(Compilation compilation, string name) =>
        compilation.GetTypeByMetadataName("LeaseElection.Hosting." + name);
}
