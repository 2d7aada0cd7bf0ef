namespace LeaseElection.Hosting.Election;

/// <summary>Why work is told to stop: a closed set, also the values of the reason in logs.</summary>
internal enum StopReason
{
    /// <summary>The host stops.</summary>
    ShutDown,

    /// <summary>The app asked to step down.</summary>
    StepDown,

    /// <summary>Work returned, and the policy is not to stay.</summary>
    WorkReturned,

    /// <summary>Work faulted, and the policy is not to stay.</summary>
    WorkFaulted,

    /// <summary>No renewal succeeded before the renew deadline.</summary>
    DeadlinePassed,

    /// <summary>Another process holds the lease.</summary>
    OtherHolder,

    /// <summary>Somebody emptied the holder of the lease.</summary>
    HolderCleared,

    /// <summary>Somebody deleted the lease.</summary>
    LeaseDeleted,

    /// <summary>A foreign process writes the lease under our identity.</summary>
    IdentityInUse,

    /// <summary>The machine was paused, and the renewal that should have proved the term failed.</summary>
    ClockJumped,

    /// <summary>Work did not stop within the time it has while the lease is held: the lease is left to expire.</summary>
    DrainTimedOut,
}
