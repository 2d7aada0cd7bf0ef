namespace LeaseElection.Hosting.Testing;

/// <summary>How a process loses its leadership: the names are those in the log and of the tag <c>leader_election.reason</c>.</summary>
public enum LeadershipLoss
{
    /// <summary>Another process has written itself into the lease.</summary>
    OtherHolder,

    /// <summary>Somebody has deleted the lease; another process then makes it anew for itself.</summary>
    LeaseDeleted,

    /// <summary>Somebody has emptied the holder; another process then takes the lease.</summary>
    HolderCleared,

    /// <summary>
    /// No renewal gets through until the renew deadline: so much time passes by the clock of the test. Another process then leads, and the
    /// API server can be reached again.
    /// </summary>
    DeadlinePassed,

    /// <summary>Another process writes the lease under the identity of this one; a third then takes it.</summary>
    IdentityInUse,
}
