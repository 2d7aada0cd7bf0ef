namespace LeaseElection.Hosting.Leases;

/// <summary>
/// What the status of a Pod says of the containers of one name. Each restart makes another, and there is one at a time, unless a kubelet
/// has given up on a start that the runtime carried out all the same.
/// </summary>
/// <param name="Name">Unique in the Pod, whatever kind of container it is.</param>
/// <param name="RunningSince">
/// When the one that runs began, in whole seconds, rounded down; <see langword="null"/>: none is said to run.
/// </param>
/// <param name="Ends">Those that were seen to end, and of which both times are known: at most the present one and the last.</param>
internal sealed record ContainerFacts(string Name, DateTimeOffset? RunningSince, IReadOnlyList<ContainerEnd> Ends)
{
    /// <summary>What the runtime calls the one that runs; <see langword="null"/>: nobody says.</summary>
    public string? RunningId { get; init; }

    /// <summary>Whether an older one of its name is said to run still, or may: its runtime has lost sight of it.</summary>
    public bool OlderRuns { get; init; }
}
