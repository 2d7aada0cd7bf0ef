namespace LeaseElection.Simulation;

/// <summary>Mistakes with the proof that a holder's container has ended.</summary>
internal static class DeathMutants
{
    private const string Proof = "Election/Deaths/DeathProof.cs";
    private const string Keeper = "Election/Deaths/DeathKeeper.cs";
    private const string Container = "Election/Deaths/HolderContainer.cs";
    private const string Ours = "ranIn is null || Array.Find(ends, end => end.Id == ranIn) is not { } end";
    private const string Within = "end.Started <= holder.RanAt && holder.RanAt < end.Finished";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "any container that has ended was the holder's", new MutantEdit(Proof, Within, "end.Id is not null"),
            new MutantEdit(Proof, Ours, "ranIn is null || ends is not [var end, ..]")),
        new("a container that ended before the holder began was its own", new MutantEdit(Proof, Within, "end.Started <= holder.RanAt")),
        new(
            "a Pod that is gone proves death",
            new MutantEdit(
                Proof, "return No(\"it is gone, which ends no process on a node that nobody reaches\");",
                "return new DeathProof(new ContainerEnd(holder.RanAt, holder.RanAt, null), \"\");")),
        new(
            "another Pod of the same name is the holder's",
            new MutantEdit(Proof, "if (pod.Uid != holder.PodUid)", "if (pod.Uid.Length == 0)"),
            new MutantEdit(Container, "pod.Uid != holder.PodUid || ", "")),
        new(
            "a container that runs is not looked at",
            new MutantEdit(Proof, "container.RunningSince <= holder.RanAt", "container.Name.Length == 0"),
            new MutantEdit(Proof, Ours, "ends is not [var end, ..]")),
        new("any container that ran when the holder did was the holder's", new MutantEdit(Proof, Ours, "ends is not [var end, ..]")),
        new(
            "of two containers of one name the younger is, once the older is not told of any more, the holder's",
            new MutantEdit(Container, "_isOneOfTwo |= container.OlderRuns;", "_isOneOfTwo = container.OlderRuns;")),
        new("a term is believed from its first instant", new MutantEdit(Keeper, "FollowFrom = now + Settling;", "FollowFrom = now;")),
    ];
}
