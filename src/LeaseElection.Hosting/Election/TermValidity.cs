namespace LeaseElection.Hosting.Election;

/// <summary>Until when a renewal makes a term valid. Computed on every question, never a flag that somebody must clear.</summary>
/// <param name="Deadline">s + D: the renew deadline after the instant before the renewal was sent, on the monotonic clock.</param>
/// <param name="WallLead">How far the wall clock was ahead at that instant.</param>
internal sealed record TermValidity(TimeSpan Deadline, TimeSpan WallLead)
{
    /// <summary>A wall clock that runs ahead by more than this tells of a pause that the monotonic clock may not have seen.</summary>
    public static readonly TimeSpan JumpTolerance = TimeSpan.FromSeconds(1);

    public static TermValidity From(ElectionTime sent, TimeSpan renewDeadline) => new(sent.Monotonic + renewDeadline, sent.WallLead);

    public bool IsOver(ElectionTime now) => now.Monotonic >= Deadline;

    /// <summary>
    /// Whether the machine may have been paused since: nothing is valid until a renewal proves it again (design 5, rule 14).
    /// </summary>
    public bool IsDoubtful(ElectionTime now) => now.WallLead - WallLead > JumpTolerance;

    public bool IsValid(ElectionTime now) => !IsOver(now) && !IsDoubtful(now);
}
