namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Where the locks of one test are kept, and processes, as it were, that take them there.</summary>
public abstract class LockPlace : IAsyncDisposable
{
    /// <summary>
    /// How long others wait for a holder that does not renew. As long as no test waits for it, so long that no stall of the machine, with
    /// servers of other tests beside it, ends what a test holds.
    /// </summary>
    public TimeSpan LeaseDuration { get; private set; } = TimeSpan.FromSeconds(30);

    /// <summary>A lease that a test can wait for the end of.</summary>
    protected abstract TimeSpan ShortLease { get; }

    /// <summary>For a test that waits for the end of a lease: to be called before its first provider is made.</summary>
    public void ShortenLeases() => LeaseDuration = ShortLease;

    /// <summary>As another process has it: with a broker, connections and an identity of its own.</summary>
    public abstract LeaseLockProvider NewProvider();

    /// <summary>Somebody writes himself into the Lease of a lock, held or not, as only kubectl can.</summary>
    public abstract Task TakeAwayAsync(string leaseName);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
