namespace LeaseElection.Hosting.Election;

/// <summary>What the core needs to know of the options: durations that have been checked against each other.</summary>
internal sealed record ElectorSettings
{
    /// <summary>
    /// The most one request may take. A third of the renew deadline, so that one hung request never costs the term; 2.5 s is
    /// enough for any API server that is well.
    /// </summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2.5);

    /// <summary>How long giving up one lease may take; after it the lease is left to expire.</summary>
    public static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Spreads standbys that all time out at once.</summary>
    public static readonly TimeSpan TakeOverJitter = TimeSpan.FromMilliseconds(50);

    /// <summary>A watch that may not be opened is tried again this often: the right may come back.</summary>
    public static readonly TimeSpan WatchDeniedPause = TimeSpan.FromMinutes(1);

    /// <inheritdoc cref="NotePace"/>
    public static readonly TimeSpan DefaultNotePace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestLateStop = TimeSpan.FromSeconds(1);

    public required string Identity { get; init; }

    public required TimeSpan LeaseDuration { get; init; }

    public required TimeSpan RenewDeadline { get; init; }

    /// <summary>The most one request may take here: <see cref="RequestTimeout"/>, or less.</summary>
    public TimeSpan LongestRequest => RenewDeadline / 3 < RequestTimeout ? RenewDeadline / 3 : RequestTimeout;

    public required TimeSpan RenewInterval { get; init; }

    /// <summary>
    /// From the take-over to the first renewal, where that is sooner: who holds many leases renews them one
    /// after the other, not all at once.
    /// </summary>
    public TimeSpan? FirstRenewal { get; init; }

    public required TimeSpan RetryPeriod { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    /// <summary>
    /// How long work may take to stop when it could be told only after <see cref="StopTimeout"/>, because the process was frozen.
    /// </summary>
    public TimeSpan LateStopTimeout => StopTimeout < LongestLateStop ? StopTimeout : LongestLateStop;

    /// <summary>How long work may take to stop while the lease is still held and renewed.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    public bool ReleaseOnStop { get; init; } = true;

    /// <summary>
    /// How long giving up this lease may take: <see cref="ReleaseTimeout"/>, or more in a process that has many. They are given up at once
    /// when it stops, over the same few connections, and the last waits for all others.
    /// </summary>
    public TimeSpan ReleaseWithin { get; init; } = ReleaseTimeout;

    /// <summary>Whether take-overs without a release are counted, and told of: see <see cref="TakeOverGuard"/>.</summary>
    public bool CountTakeOvers { get; init; }

    /// <summary>Whether the next one waits for longer, too, where they are counted.</summary>
    public bool TakeOverBackoff { get; init; }

    public WorkEndPolicy WhenWorkEnds { get; init; }

    public WorkOverrunPolicy WhenWorkOverruns { get; init; }

    /// <summary>No two renewals for the sake of notes come closer: at most two a second.</summary>
    public TimeSpan NotePace { get; init; } = DefaultNotePace;

    /// <summary>
    /// Whether it stands for somebody who wants the lease for a while, and not for as long as the process lives: it has one term and then
    /// stops; it watches only while it waits, since most of such leases are free or held for a moment; and it ends where waiting has not
    /// helped for a <see cref="RenewDeadline"/> (<see cref="Leases.LeaseStoreError.IsLasting"/>), because somebody waits for its answer.
    /// </summary>
    public bool ForOneTerm { get; init; }

    /// <summary>Whether others stand for the lease. The presence of a member is nobody else's, and whoever deletes it clears up.</summary>
    public bool HasRivals { get; init; } = true;
}
