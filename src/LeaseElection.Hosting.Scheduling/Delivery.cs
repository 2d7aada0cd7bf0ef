namespace LeaseElection.Hosting.Scheduling;

/// <summary>What a crash in the middle of a run may cost: that run, or a second one for the same due time.</summary>
public enum Delivery
{
    /// <summary>
    /// The run is noted on the lease before it begins. There is never a second one for the same due time, unless the note is lost with its
    /// Lease or by a restore of etcd; one that a crash, a lost leadership or a fault interrupts is not made up for.
    /// </summary>
    AtMostOnce,

    /// <summary>
    /// The run is noted on the lease after it has ended well. One that was interrupted, or that threw, is repeated, by this leader or by
    /// the next: it must be safe to run twice.
    /// </summary>
    AtLeastOnce,
}
