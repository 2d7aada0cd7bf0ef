namespace LeaseElection.Hosting.Election;

/// <summary>
/// What this process has seen of one lease, and written to it. An elector that stands for a short while only (a lock, a partition) hands it
/// to the next one for the same lease: the time of a holder that died meanwhile counts from when its last renewal was really seen, and what
/// could not be released is known to be ours. Between two electors, whoever watches the lease may tell <see cref="View"/> of it.
/// </summary>
/// <remarks>
/// One elector at a time, and the next only when the work of the one before has ended (design 5, rule 11): a lease in our own name counts as
/// free. All of them by the same clock.
/// </remarks>
internal sealed class LeaseMemory
{
    public LeaseView View { get; } = new();

    public OwnWrites Own { get; } = new();
}
