namespace LeaseElection.Hosting.Leases;

/// <summary>What a watch tells. A watch only wakes: what decides is the compare-and-swap write that follows.</summary>
internal abstract record LeaseEvent
{
    private LeaseEvent()
    {
    }

    /// <summary>
    /// Whether versions may be missing between this and what was told before: who tells it looks now and then, or hears of it from
    /// one that does.
    /// </summary>
    public bool HasGaps { get; init; }

    /// <summary>The lease was created or changed.</summary>
    public sealed record Changed(Lease Lease) : LeaseEvent;

    /// <summary>The lease was deleted; <paramref name="ResourceVersion"/> is that of the deletion.</summary>
    public sealed record Deleted(string ResourceVersion) : LeaseEvent;

    /// <summary>Nothing changed up to this version: the watch is alive, and may be resumed from here.</summary>
    public sealed record Bookmark(string ResourceVersion) : LeaseEvent;

    /// <summary>The process that wrote exactly this version as its holder is proven to be gone (design 5, rule 16).</summary>
    public sealed record HolderDead(string ResourceVersion) : LeaseEvent;
}
