using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Hosting;

/// <summary>What one process knows of an election at one instant.</summary>
public sealed record LeaderElectionStatus
{
    /// <summary>What this process is doing.</summary>
    public required LeaderElectionState State { get; init; }

    /// <summary>Who holds the lease, as last seen; <see langword="null"/> when nobody does or nothing was seen yet.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>How often the holder of the lease has changed, as last seen.</summary>
    public int Transitions { get; init; }

    /// <summary>
    /// When the holder's term began: the holder's wall clock, UTC. Ahead of it, by up to two seconds, where terms follow each other within
    /// a second, because client-go, which sees whole seconds, has to see each; and farther where renewals are less than a second apart.
    /// </summary>
    public DateTimeOffset? AcquiredAt { get; init; }

    /// <summary>
    /// The time that the holder wrote with its last renewal, UTC. Usually that of its wall clock then; ahead of it where that stands still
    /// or was set back, or where renewals are less than a second apart.
    /// </summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>
    /// When this process saw a holder renew last: its own wall clock, UTC. So <see cref="RenewedAt"/> tells how far the holder's clock is
    /// from it. <see langword="null"/> before any was seen.
    /// </summary>
    public DateTimeOffset? RenewalSeenAt { get; init; }

    /// <summary>
    /// When the store, or a watch of the lease, last answered this process: its own wall clock, UTC. What is said here of another holder
    /// is as old as that. <see langword="null"/> before the first answer.
    /// </summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>
    /// Why the lease cannot be read or written at present, in words an operator can act on; <see langword="null"/> when it can.
    /// </summary>
    public string? LastError { get; init; }

    /// <summary>
    /// Whether all work of this process is prepared (<see cref="ILeaderWork.PrepareAsync"/>): its next term, or this one, need not wait for
    /// that. <see langword="null"/> where no work prepares anything.
    /// </summary>
    public bool? IsPrepared { get; init; }

    /// <summary>
    /// The notes of the lease, as last seen, by key: what leaders have said with
    /// <see cref="LeadershipTerm.WriteNoteAsync(string, string?, NoteLife, CancellationToken)"/> for as long as it counts, and what others
    /// have written there. Empty where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = NoteTexts.None;

    /// <summary>
    /// Where the leader can be reached, by its own word (<see cref="LeaderElectionBuilder.PublishEndpoint(Uri)"/>): <c>http</c> or
    /// <c>https</c>. <see langword="null"/> while nobody leads who has said so. A hint: whoever is asked there checks that it leads.
    /// </summary>
    public Uri? LeaderEndpoint => PublishedEndpoint.Parse(Notes.GetValueOrDefault(PublishedEndpoint.Note));
}
