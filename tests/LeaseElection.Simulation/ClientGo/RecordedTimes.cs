namespace LeaseElection.Simulation;

/// <summary>Which of the two times of a lease an elector writes. client-go writes both; others that hold leases for real do not.</summary>
internal enum RecordedTimes
{
    Both,

    /// <summary>The lease is acquired without a renewTime, which comes with the first renewal.</summary>
    RenewTimeLater,

    /// <summary>There is never an acquireTime, as in the leases of kubelets.</summary>
    NoAcquireTime,
}
