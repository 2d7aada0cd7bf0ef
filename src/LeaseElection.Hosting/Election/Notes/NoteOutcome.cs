namespace LeaseElection.Hosting.Election.Notes;

/// <summary>What became of a note.</summary>
internal enum NoteOutcome
{
    /// <summary>A renewal that said it is confirmed: every later term sees it.</summary>
    Written,

    /// <summary>The term ended first. Whether it was written, nobody here knows.</summary>
    LeadershipLost,

    /// <summary>There are too many bytes on the lease already.</summary>
    TooMuch,

    /// <summary>The store refused the renewal that said it, and took the next one, which did not.</summary>
    Refused,
}
