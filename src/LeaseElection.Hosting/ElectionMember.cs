namespace LeaseElection.Hosting;

/// <summary>One replica that is here.</summary>
public sealed record ElectionMember
{
    /// <summary>What it is called: <see cref="ILeaderElection.Identity"/> of that process.</summary>
    public required string Identity { get; init; }

    /// <summary>Since when it is here: its own wall clock, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The labels of its presence Lease. <c>kubernetes.io/hostname</c> names its node where the variable <c>NODE_NAME</c> is set.
    /// </summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it leads, as this process knows: <see cref="LeaderElectionStatus.HolderIdentity"/> names it.</summary>
    public bool Leads { get; init; }

    /// <summary>Whether it is this process.</summary>
    public bool IsSelf { get; init; }
}
