namespace LeaseElection.Hosting;

/// <summary>What a term gets done on the thread pool, and can get done without it.</summary>
internal interface IRescuable
{
    /// <summary>
    /// Whether something has been due, or a request without an end, for longer than a pool that works lets it. Waits for nobody.
    /// </summary>
    bool IsStuck { get; }

    /// <summary>Does what is due on the calling thread, requests too, each within its time.</summary>
    void Rescue();
}
