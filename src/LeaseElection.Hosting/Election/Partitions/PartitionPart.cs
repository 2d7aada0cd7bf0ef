namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What this process is doing about one partition.</summary>
internal enum PartitionPart
{
    /// <summary>No loop of ours runs for it.</summary>
    None,

    /// <summary>Our loop stands for its lease, or pauses before it does again, or takes it over.</summary>
    Standing,

    /// <summary>We own it and our work runs.</summary>
    Leading,

    /// <summary>Our work for it is ending, or its lease is being given up.</summary>
    Draining,
}
