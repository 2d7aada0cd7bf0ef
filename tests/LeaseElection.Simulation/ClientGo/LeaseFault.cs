namespace LeaseElection.Simulation;

/// <summary>What happens to the leader, or to its lease, in the situations that client-go and we are put into.</summary>
internal enum LeaseFault
{
    /// <summary>Nothing at all.</summary>
    None,

    /// <summary>In the instant in which a renewal of the leader is committed, the network begins to swallow all that it sends.</summary>
    Hang,

    /// <summary>Somebody deletes the lease.</summary>
    LeaseDeleted,

    /// <summary>Somebody empties the holder of the lease.</summary>
    HolderCleared,

    /// <summary>The wall clock of the leader stands still.</summary>
    WallClockStuck,
}
