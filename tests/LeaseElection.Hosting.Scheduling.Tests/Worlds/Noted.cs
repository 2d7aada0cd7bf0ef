namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>What its writer knows of a write to the lease.</summary>
internal enum Noted
{
    /// <summary>It was taken.</summary>
    Written,

    /// <summary>It was not taken, and the term goes on.</summary>
    Refused,

    /// <summary>The term is over, and whether it was taken nobody has said.</summary>
    TermOver,
}
