using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>A container beside that of the process, of the same name, which its kubelet takes for the only one.</summary>
/// <param name="Id">What the runtime calls it.</param>
/// <param name="Since">When it began; 1970 where it never did.</param>
/// <param name="Ended">When it had ended.</param>
internal sealed record SimStray(string Id, DateTimeOffset Since, DateTimeOffset? Ended)
{
    /// <summary>
    /// What is told of the two: of the older one that it runs while this one does; then nothing any more, because the end of this one
    /// stands
    /// in its place.
    /// </summary>
    public ContainerFacts Facts(bool olderRuns, ContainerEnd? older) => Ended is { } ended
        ? new ContainerFacts(Kubelet.Container, null, [new ContainerEnd(Since, ended, Id)])
        : new ContainerFacts(Kubelet.Container, Since, older is null ? [] : [older]) { RunningId = Id, OlderRuns = olderRuns };
}
