namespace LeaseElection.Hosting.Election;

/// <summary>
/// What this process has seen of one lease, and written to it. An elector that stands for a short while only (a lock, a partition) hands it
/// to the next one for the same lease: the time of a holder that died meanwhile counts from when its last renewal was really seen, and what
/// could not be released is known to be ours. Between two electors, whoever watches the lease may tell <see cref="View"/> of it.
/// </summary>
/// <remarks>
/// One elector at a time, and the next only when the work of the one before has ended (design 5, rule 11): a lease in our own name counts
/// as free. All of them by the same clock.
/// </remarks>
internal sealed class LeaseMemory
{
    public LeaseView View { get; } = new();

    public OwnWrites Own { get; private set; } = new();

    /// <summary>Who holds the lease, as far as was seen, whether it still counts or not.</summary>
    public string? Holder => View.Latest?.Record is { HasHolder: true } record ? record.HolderIdentity : null;

    /// <summary>Whether the lease is in our name, and by our own write.</summary>
    public bool IsOurs => Holder is not null && Own.Contains(View.Latest);

    /// <summary>Whether nobody that is known to hold the lease has any time left.</summary>
    public bool IsFree(TimeSpan now) => View.Latest?.Record.HasHolder is not true && View.FreeAt <= now;

    /// <summary>
    /// What the last elector held is renewed no more, and nobody says that its work has ended: this process waits for its own lease to run
    /// out, as all others do (design 5, rule 11).
    /// </summary>
    public void Disown()
    {
        Own = new OwnWrites();
        View.Disown();
    }
}
