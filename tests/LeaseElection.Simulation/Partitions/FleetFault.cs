namespace LeaseElection.Simulation;

/// <summary>What happens to a fleet.</summary>
internal enum FleetFault
{
    // What operators do, and machines by themselves.
    Join,
    TwoJoin,
    Leave,
    Kill,
    Restart,
    RollingUpdate,

    // What goes wrong.
    KillAndRestart,
    Flap,
    Freeze,
    ClockRateChanged,
    Outage,
    Partition,
    ConnectionRefused,
    SlowReplies,
    WatchLagging,
    WatchSilent,
    WatchBroken,
    PresenceFails,
    WorkFaults,

    // What people do to leases: in orderly fleets only. Who starts just then does not know that anybody works.
    LeaseDeleted,
}
