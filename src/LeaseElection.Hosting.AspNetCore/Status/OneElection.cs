namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What is shown of an election. The names are those of the health check's data; null is left out.</summary>
internal sealed record OneElection
{
    public required string Name { get; init; }

    public required string LeaseName { get; init; }

    public required string Namespace { get; init; }

    public required string Identity { get; init; }

    public required LeaderElectionState State { get; init; }

    /// <summary>By the clock at this instant, whatever <see cref="State"/> says.</summary>
    public required bool IsLeader { get; init; }

    public string? HolderIdentity { get; init; }

    /// <summary>Where the holder can be reached, by its own word.</summary>
    public Uri? LeaderEndpoint { get; init; }

    public int Transitions { get; init; }

    public DateTimeOffset? AcquiredAt { get; init; }

    public DateTimeOffset? RenewedAt { get; init; }

    public DateTimeOffset? RenewalSeenAt { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Whether all work is prepared, where any prepares itself.</summary>
    public bool? IsPrepared { get; init; }

    /// <summary>On the leader only: a standby's own count is nobody's promise.</summary>
    public double? SecondsLeft { get; init; }

    public string? LastError { get; init; }

    /// <summary>Since when there has been a <see cref="LastError"/>, by the clock of this process.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>What leaders, and whoever else, have noted on the lease.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>The last terms that this process saw, oldest first.</summary>
    public IReadOnlyList<SeenTerm>? Terms { get; init; }

    /// <summary>Who is here, oldest first, where the app asked to know.</summary>
    public IReadOnlyList<SeenMember>? Members { get; init; }

    /// <summary>Whether nobody is missing in <see cref="Members"/> as far as can be told.</summary>
    public bool? MembersAreComplete { get; init; }

    /// <summary>Who owns which partition, where there is partitioned work.</summary>
    public SeenPartitions? Partitions { get; init; }

    public static OneElection Of(ILeaderElection election)
    {
        LeaderElectionStatus status = election.Status;
        return new OneElection
        {
            Name = ElectionDirectory.NameOf(election),
            LeaseName = election.LeaseName,
            Namespace = election.LeaseNamespace,
            Identity = election.Identity,
            State = status.State,
            IsLeader = election.IsLeader,
            HolderIdentity = status.HolderIdentity,
            LeaderEndpoint = status.LeaderEndpoint,
            Transitions = status.Transitions,
            AcquiredAt = status.HolderIdentity is null ? null : status.AcquiredAt,
            RenewedAt = status.RenewedAt,
            RenewalSeenAt = status.RenewalSeenAt,
            ReadAt = status.ReadAt,
            IsPrepared = status.IsPrepared,
            SecondsLeft = election.Term is { } term ? Math.Round(term.TimeLeft.TotalSeconds, 1) : null,
            LastError = status.LastError,
            Notes = status.Notes.Count > 0 ? status.Notes : null,
        };
    }
}
