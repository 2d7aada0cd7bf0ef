using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting;

/// <summary>What the core looked like after its last turn: immutable, so that a probe reads it without a lock.</summary>
internal sealed record ElectionSnapshot
{
    public static ElectionSnapshot Initial { get; } = new();

    public LeaderElectionState State { get; init; } = LeaderElectionState.Standby;

    public LeaseRecord? Record { get; init; }

    /// <inheritdoc cref="NoteKeeper.Shown"/>
    public NoteTexts Notes { get; init; } = NoteTexts.None;

    public LeaseStoreError? LastError { get; init; }

    /// <summary>When the turn of the core was, on the monotonic clock.</summary>
    public TimeSpan At { get; init; }

    /// <summary>When the election began, and when the store last answered anything, on the monotonic clock.</summary>
    public TimeSpan StartedAt { get; init; }

    public TimeSpan? AnsweredAt { get; init; }

    /// <summary>When the last sign of life of a holder was seen, on the monotonic clock.</summary>
    public TimeSpan? RenewalSeenAt { get; init; }

    /// <summary>How far the wall clock was ahead of the monotonic one.</summary>
    public TimeSpan WallLead { get; init; }

    /// <summary>Whether leadership is held, as far as the core knows.</summary>
    public bool Holds { get; init; }

    /// <summary>Whether work still runs although another process may lead.</summary>
    public bool HasOverrun { get; init; }

    /// <inheritdoc cref="LeaderElectionStatus.IsPrepared"/>
    public bool? IsPrepared { get; init; }

    public LeaderElectionStatus ToStatus() => new()
    {
        State = State,
        HolderIdentity = Record is { HasHolder: true } ? Record.HolderIdentity : null,
        Transitions = Record?.LeaseTransitions ?? 0,
        AcquiredAt = Record?.AcquireTime,
        RenewedAt = Record?.RenewTime,
        RenewalSeenAt = WallAt(RenewalSeenAt),
        ReadAt = WallAt(AnsweredAt),
        LastError = LastError?.Message,
        IsPrepared = IsPrepared,
        Notes = Notes,
    };

    public static ElectionSnapshot Of(Elector elector, TimeSpan startedAt, ElectionTime now) => new()
    {
        At = now.Monotonic,
        State = elector.State,
        Record = elector.Lease?.Record,
        Notes = elector.Notes,
        LastError = elector.LastError,
        StartedAt = startedAt,
        AnsweredAt = elector.AnsweredAt,
        RenewalSeenAt = elector.RenewalSeenAt,
        WallLead = now.WallLead,
        Holds = elector.Term is { Holds: true },
        HasOverrun = elector.Term is { HasOverrun: true },
    };

    private DateTimeOffset? WallAt(TimeSpan? instant) => DateTimeOffset.UnixEpoch + WallLead + instant;
}
