namespace LeaseElection.Hosting;

/// <summary>
/// A lease that is held and renewed until this is disposed of. Who must not go on without it listens to <see cref="LeadershipTerm.Lost"/>
/// of its <see cref="Term"/>, as leader work does, and disposes of it when that has fired too: until then other callers of this process
/// wait, because whoever held it may still be at work. Other processes wait until it has run out, and no longer.
/// </summary>
public abstract class HeldLease : IAsyncDisposable
{
    /// <summary>
    /// Whether the lease is held, until when at least, and its fencing token. <see cref="LeadershipTerm.Lost"/> fires when the lease is
    /// lost, and not because it is given up.
    /// </summary>
    public abstract LeadershipTerm Term { get; }

    /// <summary>
    /// Gives the lease up, so that another has it within milliseconds. Returns when it is given up, or after two seconds: it then runs out
    /// by itself, which a warning says and no exception does. Safe to call again.
    /// </summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// For a lease that nobody will dispose of any more (a finalizer): it is not renewed any more and runs out, and all
    /// others wait for that, this process as well. <see cref="LeadershipTerm.Lost"/> fires. Returns at once, throws
    /// nothing, and may be called on any thread.
    /// </summary>
    public abstract void Abandon();
}
