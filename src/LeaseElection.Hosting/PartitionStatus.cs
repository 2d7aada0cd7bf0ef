namespace LeaseElection.Hosting;

/// <summary>What this process knows of one partition.</summary>
public sealed record PartitionStatus
{
    /// <summary>Which one it is.</summary>
    /// <value>From 0.</value>
    public required int Index { get; init; }

    /// <summary>Who owns it: the <see cref="ILeaderElection.Identity"/> of a replica.</summary>
    /// <value>
    /// <see langword="null"/> when nobody does: its lease was released, has run out since its last renewal was seen, or does not exist yet.
    /// </value>
    public string? HolderIdentity { get; init; }

    /// <summary>Since when that replica has owned it, by its clock; where nobody does, since when it was seen so, by the clock of this
    /// process.</summary>
    /// <value>UTC; <see langword="null"/> as long as it is not known.</value>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How often it has changed hands since its lease was made.</summary>
    /// <value>From 0, the first owner being no change.</value>
    public int Moves { get; init; }

    /// <summary>Whether this process works on it at this instant: a term of it is held here, or its work is being stopped.</summary>
    public bool IsHeldHere { get; init; }
}
