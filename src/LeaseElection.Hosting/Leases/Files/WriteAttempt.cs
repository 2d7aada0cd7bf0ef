namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Settles between the caller, whose time is up, and the thread that writes, whether the write will happen. Without it a write that
/// was given up could still commit when the disk comes back, and take the lease for a term nobody runs.
/// </summary>
internal sealed class WriteAttempt
{
    private const int Pending = 0;
    private const int Committing = 1;
    private const int Abandoned = 2;

    private int _state;

    /// <summary>The writer asks, right before the rename. <see langword="false"/>: the caller has gone, and nothing may happen.</summary>
    public bool TryCommit() => Interlocked.CompareExchange(ref _state, Committing, Pending) == Pending;

    /// <summary>The caller gives up. <see langword="false"/>: too late, the rename is under way or done.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Pending) == Pending;
}
