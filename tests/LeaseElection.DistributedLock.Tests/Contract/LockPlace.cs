namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>Where the locks of one test are kept, and processes, as it were, that take them there.</summary>
public abstract class LockPlace : IAsyncDisposable
{
    /// <summary>How long others wait for a holder that does not renew.</summary>
    public abstract TimeSpan LeaseDuration { get; }

    /// <summary>As another process has it: with a broker, connections and an identity of its own.</summary>
    public abstract LeaseLockProvider NewProvider();

    /// <summary>Somebody writes himself into the Lease of a lock, held or not, as only kubectl can.</summary>
    public abstract Task TakeAwayAsync(string leaseName);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
