namespace LeaseElection.Testing.Leases;

/// <summary>What goes wrong with a request to a <see cref="FakeLeaseServer"/>.</summary>
public enum FakeFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It has no effect and says so.</summary>
    Fail,

    /// <summary>As <see cref="Fail"/>, because a right is missing.</summary>
    Forbid,

    /// <summary>A write takes effect, and its reply is lost.</summary>
    LoseReply,

    /// <summary>It has no effect and no answer until its time is up.</summary>
    Hang,

    /// <summary>It takes effect, and its answer is held back until <see cref="FakeLeaseStore.DeliverLate"/>.</summary>
    Late,

    /// <summary>The store has a bug.</summary>
    Throw,

    /// <summary>The store has a worse one: no answer until <see cref="FakeLeaseStore.DeliverLate"/>, whatever token fires.</summary>
    Stuck,
}
