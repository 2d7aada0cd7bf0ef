namespace LeaseElection.Hosting;

/// <summary>What one process is doing in an election.</summary>
public enum LeaderElectionState
{
    /// <summary>Another process leads, or nobody: this one watches the lease and takes over when it may.</summary>
    Standby,

    /// <summary>The write that makes this process the holder is under way.</summary>
    TakingOver,

    /// <summary>This process holds the lease and its work runs.</summary>
    Leading,

    /// <summary>Work has been asked to stop and has not returned yet. If the lease is still held it is renewed meanwhile.</summary>
    Draining,

    /// <summary>All work has returned and the lease is being given up.</summary>
    Releasing,

    /// <summary>The host is stopping: this process takes part no more.</summary>
    Stopped,
}
