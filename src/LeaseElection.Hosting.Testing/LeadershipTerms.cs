namespace LeaseElection.Hosting.Testing;

/// <summary>Terms for the unit test of one <see cref="ILeaderWork"/>.</summary>
public static class LeadershipTerms
{
    private static long _version = 1000;

    /// <summary>
    /// Makes a term that is held until the test ends it: <c>work.ExecuteAsync(source.Term, source.Token)</c>, then <c>source.Lose()</c>.
    /// </summary>
    /// <param name="fencingToken">Its token; <see langword="null"/> for one greater than that of every term made here before.</param>
    /// <param name="leaseName">The name of its lease.</param>
    /// <param name="leaseNamespace">The namespace of its lease.</param>
    /// <param name="identity">What this process is called as its holder.</param>
    /// <param name="transitions">How often the holder of the lease had changed before.</param>
    /// <param name="validFor">How long it is held; <see langword="null"/> for until the test ends it.</param>
    /// <param name="timeProvider">Says when that is over; <see langword="null"/> for <see cref="TimeProvider.System"/>.</param>
    /// <returns>The term, and the handle that ends it.</returns>
    public static LeadershipTermSource Create(
        FencingToken? fencingToken = null, string leaseName = "test", string leaseNamespace = "default", string identity = "this-replica",
        int transitions = 0, TimeSpan? validFor = null, TimeProvider? timeProvider = null) => new(
        fencingToken ?? new FencingToken((UInt128)Interlocked.Increment(ref _version)),
        leaseName, leaseNamespace, identity, transitions, validFor, timeProvider);
}
