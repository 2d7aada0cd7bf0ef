namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What a <see cref="PartitionKeeper"/> runs by.</summary>
internal sealed record PartitionKeeperSettings
{
    /// <summary>What this process is called as a member and as a holder.</summary>
    public required string Identity { get; init; }

    /// <summary>How many partitions this process is configured for.</summary>
    public required int Count { get; init; }

    /// <summary>The election's. What has been free for twice that is passed on.</summary>
    public required TimeSpan RetryPeriod { get; init; }

    /// <summary>How long the plan must want a partition elsewhere, without a break, before it is given up.</summary>
    public required TimeSpan MoveAfter { get; init; }

    /// <summary>How often a member renews its presence. One that has not for a quarter longer may be dead.</summary>
    public required TimeSpan PresenceInterval { get; init; }

    /// <summary>
    /// How old a view may be and still be acted on: two renew intervals of the election and the time of a request, so that an outage is
    /// seen as one before it looks as if leases ran out.
    /// </summary>
    public required TimeSpan TrustFor { get; init; }

    /// <summary>As the settings of an election have it.</summary>
    public static PartitionKeeperSettings Of(ElectorSettings election, int count, TimeSpan moveAfter, TimeSpan presenceInterval) => new()
    {
        Identity = election.Identity,
        Count = count,
        RetryPeriod = election.RetryPeriod,
        MoveAfter = moveAfter,
        PresenceInterval = presenceInterval,
        TrustFor = TrustOf(election),
    };

    /// <summary>What <see cref="TrustFor"/> is, as the settings of an election have it.</summary>
    public static TimeSpan TrustOf(ElectorSettings election) => (election.RenewInterval * 2) + election.LongestRequest;
}
