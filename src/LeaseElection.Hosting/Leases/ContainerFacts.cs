namespace LeaseElection.Hosting.Leases;

/// <summary>What the status of a Pod says of the containers of one name. There is one at a time: each restart makes another.</summary>
/// <param name="Name">Unique in the Pod, whatever kind of container it is.</param>
/// <param name="RunningSince">
/// When the one that runs began, in whole seconds, rounded down; <see langword="null"/>: none is said to run.
/// </param>
/// <param name="Ends">Those that have ended and of which both times are known: at most the present one and the last.</param>
internal sealed record ContainerFacts(string Name, DateTimeOffset? RunningSince, IReadOnlyList<ContainerEnd> Ends);
