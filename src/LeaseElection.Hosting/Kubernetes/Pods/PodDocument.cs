using System.Text.Json.Serialization;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>What is read of a Pod.</summary>
internal sealed record PodDocument
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public PodMetadata? Metadata { get; init; }

    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }

    public PodFacts ToFacts() => new(Metadata!.Uid!, [.. (Status?.AllContainers ?? []).Select(container => container.ToFacts())])
    {
        Trouble = Status switch
        {
            { Reason: { Length: > 0 } reason } => reason,
            { Phase: "Unknown" } => "Unknown",
            _ => null,
        },
        SharesProcesses = Spec is { ShareProcessNamespace: true } or { HostPid: true },
    };

    internal sealed record PodMetadata
    {
        public string? Name { get; init; }

        public string? Namespace { get; init; }

        public string? Uid { get; init; }

        public string? ResourceVersion { get; init; }
    }

    internal sealed record PodSpec
    {
        public bool? ShareProcessNamespace { get; init; }

        [JsonPropertyName("hostPID")]
        public bool? HostPid { get; init; }
    }

    internal sealed record PodStatus
    {
        public string? Phase { get; init; }

        public string? Reason { get; init; }

        public IReadOnlyList<ContainerStatus?>? ContainerStatuses { get; init; }

        public IReadOnlyList<ContainerStatus?>? InitContainerStatuses { get; init; }

        public IReadOnlyList<ContainerStatus?>? EphemeralContainerStatuses { get; init; }

        public IEnumerable<ContainerStatus> AllContainers => new[] { ContainerStatuses, InitContainerStatuses, EphemeralContainerStatuses }
            .SelectMany(containers => containers ?? []).OfType<ContainerStatus>();
    }

    internal sealed record ContainerStatus
    {
        public string? Name { get; init; }

        public ContainerState? State { get; init; }

        public ContainerState? LastState { get; init; }

        [JsonPropertyName("containerID")]
        public string? ContainerId { get; init; }

        /// <summary>
        /// One that runs since nobody knows when may have run for ever; one that ended at an unknown time proves nothing.
        /// </summary>
        public ContainerFacts ToFacts() => new(
            Name ?? "",
            State?.Running is { } running ? running.StartedAt ?? DateTimeOffset.MinValue : null,
            [.. new[] { State?.Terminated, LastState?.Terminated }.Select(ended => ended?.ToEnd()).OfType<ContainerEnd>()])
        {
            RunningId = State?.Running is null ? null : ContainerId,
            OlderRuns = LastState is { Running: not null } or { Terminated.IsGuess: true },
        };
    }

    internal sealed record ContainerState
    {
        public RunningState? Running { get; init; }

        public TerminatedState? Terminated { get; init; }
    }

    internal sealed record RunningState
    {
        public DateTimeOffset? StartedAt { get; init; }
    }

    internal sealed record TerminatedState
    {
        /// <summary>
        /// What containerd and CRI-O say of a container that they have lost sight of, and that it has ended just now: its shim was killed,
        /// or its state cannot be read. Its processes may live on (containerd/containerd#10727, cri-o/cri-o#8705).
        /// </summary>
        private const int UnknownExitCode = 255;

        public int? ExitCode { get; init; }

        public DateTimeOffset? StartedAt { get; init; }

        public DateTimeOffset? FinishedAt { get; init; }

        [JsonPropertyName("containerID")]
        public string? ContainerId { get; init; }

        /// <summary>Whether nobody has seen it end. The kubelet leaves the time out where a container is gone from its runtime.</summary>
        public bool IsGuess => ExitCode == UnknownExitCode || FinishedAt is null;

        /// <summary>One whose start failed has none, or that of time_t 0: it never ran, and nothing in it has ended.</summary>
        public ContainerEnd? ToEnd() =>
            !IsGuess && StartedAt > DateTimeOffset.UnixEpoch && StartedAt is { } started && FinishedAt is { } finished
                ? new ContainerEnd(started, finished, ContainerId)
                : null;
    }
}
