namespace LeaseElection.Hosting.Leases;

/// <summary>What a Pod tells of the processes in it.</summary>
/// <param name="Uid">Another Pod of the same name has another one.</param>
/// <param name="Containers">Of all kinds: ordinary, init (a sidecar is one) and ephemeral ones.</param>
internal sealed record PodFacts(string Uid, IReadOnlyList<ContainerFacts> Containers)
{
    /// <summary>
    /// Why it is as it is where that concerns the whole Pod (<c>Evicted</c>, <c>NodeLost</c>), or its phase <c>Unknown</c>: what its status
    /// says then need not come from its node. <see langword="null"/> as long as all is as usual.
    /// </summary>
    public string? Trouble { get; init; }

    /// <summary>
    /// Whether its containers see each other's processes, or the node's: then a process may outlive the first one of its container.
    /// </summary>
    public bool SharesProcesses { get; init; }

    /// <summary>What is told of the containers of a name; <see langword="null"/>: nothing.</summary>
    public ContainerFacts? Named(string name) => Containers.FirstOrDefault(container => container.Name == name);
}
