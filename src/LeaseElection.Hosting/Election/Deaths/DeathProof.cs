using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Deaths;

/// <summary>
/// Whether the status of a Pod proves that a process in it is dead: one of its containers has ended that ran when the process did
/// (design 15). All times are of one node's clock.
/// </summary>
/// <param name="End">The end that proves it; <see langword="null"/>: it is not proven.</param>
/// <param name="Why">Why, or why not.</param>
internal sealed record DeathProof(ContainerEnd? End, string Why)
{
    /// <summary>Whether it never will be, because the holder looks for a container that its Pod does not have.</summary>
    public bool IsMisnamed { get; private init; }

    /// <param name="holder">The process.</param>
    /// <param name="ranIn">What the runtime calls the container that it ran in; <see langword="null"/>: that is not known.</param>
    /// <param name="pod">The Pod of its name, as it is said to be; <see langword="null"/>: there is none.</param>
    /// <param name="outlived">Ends of containers that the process has outlived, whatever their times say.</param>
    public static DeathProof Of(HolderProcess holder, string? ranIn, PodFacts? pod, IReadOnlySet<ContainerEnd> outlived)
    {
        if (pod is null)
            return No("it is gone, which ends no process on a node that nobody reaches");
        if (pod.Uid != holder.PodUid)
            return No("it is another one of the same name");
        if (pod.Trouble is { } trouble)
            return No($"it is {trouble}: what is said of it then need not come from its node");
        if (pod.SharesProcesses)
            return No("it shares its processes, and one may outlive its container (shareProcessNamespace, hostPID)");
        if (pod.Named(holder.Container) is not { } container)
            return NoSuchContainer(holder.Container, pod.Containers);
        if (container.RunningSince <= holder.RanAt)
            return No("the container runs");

        // A start in the same second counts. If the process was there before it, it was in a container before this one, which has
        // ended too. An end in the same second does not: the process may be in the container that came after this one.
        ContainerEnd[] ends = [.. container.Ends.Where(end => end.Started <= holder.RanAt && holder.RanAt < end.Finished)];
        if (ends.Length == 0)
            return No("no container that has ended ran when the process did, or so short that whole seconds do not tell");
        if (ranIn is null || Array.Find(ends, end => end.Id == ranIn) is not { } end)
            return No("what has ended was not seen to run before, or is one of two that did, and need not be the one that it runs in");
        return outlived.Contains(end)
            ? No("the container had ended before the holder was last known to live")
            : new DeathProof(end, "the container has ended");
    }

    /// <summary>A kubelet that tells of one container tells of all: only while it tells of none may the one be still to come.</summary>
    private static DeathProof NoSuchContainer(string name, IReadOnlyList<ContainerFacts> others)
    {
        if (others.Count == 0)
            return No($"nothing is said of its containers, of which \"{name}\" is looked for");
        string known = string.Join(", ", others.Select(other => $"\"{other.Name}\""));
        return No($"it has no container \"{name}\", only {known}") with { IsMisnamed = true };
    }

    private static DeathProof No(string why) => new(null, why);
}
