namespace LeaseElection.Soak.Replicas;

/// <summary>What a replica is told by whoever starts it: section <c>Soak</c> of its configuration.</summary>
internal sealed record ReplicaSettings
{
    public const string SectionName = "Soak";

    /// <summary>The file for what its work does.</summary>
    public required string Journal { get; init; }

    /// <summary>The file for what becomes of the process.</summary>
    public required string Vitals { get; init; }

    /// <summary>How many elections it runs.</summary>
    public required int Elections { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    public required int Seed { get; init; }

    /// <summary>Its work neither throws nor returns early, so that somebody can always lead.</summary>
    public bool Steady { get; init; }

    /// <summary>Its work ignores that it was told to stop.</summary>
    public bool Break { get; init; }
}
