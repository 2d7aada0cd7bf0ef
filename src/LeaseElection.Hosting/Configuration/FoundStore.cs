using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Where the lease of an election is to be kept: found, and not opened. In memory, if neither of both is set.</summary>
internal sealed record FoundStore(ElectionIdentityCard Card)
{
    public KubernetesConnection? Connection { get; init; }

    /// <summary>The folder of the file store.</summary>
    public string? Directory { get; init; }
}
