namespace LeaseElection.Simulation;

/// <summary>Everything that can go wrong in a simulated world.</summary>
internal enum FaultKind
{
    // Processes and machines.
    Kill,
    ShutDown,
    StepDown,
    Freeze,
    Suspend,
    Stun,
    StarvedPool,
    TimersStuck,
    TimersEarly,
    TimersLate,

    // Clocks.
    ClockRateChanged,
    WallClockStepped,
    WallClockStuck,

    // The network between one machine and the server.
    Partition,
    ConnectionRefused,
    LostReply,
    SlowReply,
    SlowRequest,
    LateCommit,
    DuplicateDelivery,

    // The server.
    Throttled,
    Unauthorized,
    Forbidden,
    ServerError,
    CommittedServerError,
    GarbledAnswer,
    ServerRestart,
    Outage,
    StaleRead,
    EtcdCompaction,
    EtcdRestored,
    VersionJump,

    // Watches.
    WatchSilent,
    WatchLagging,
    WatchesClosed,
    WatchBroken,
    WatchRewound,
    WatchForbidden,

    // People and programs with rights of their own.
    LabelEdits,
    LeaseDeleted,
    HolderCleared,
    HolderReplaced,
    DurationEdited,
    IdentityStolen,
}
