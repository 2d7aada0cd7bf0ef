namespace LeaseElection.Hosting.Leases;

/// <summary>What the watch of a group tells.</summary>
internal abstract record LeaseGroupEvent
{
    private LeaseGroupEvent()
    {
    }

    /// <summary>A lease was created, changed, or got the label of the group.</summary>
    public sealed record Changed(string Name, Lease Lease) : LeaseGroupEvent;

    /// <summary>
    /// A lease was deleted, or lost the label of the group: it is not known to be gone. <paramref name="ResourceVersion"/> is that of the
    /// deletion or of the edit.
    /// </summary>
    public sealed record Gone(string Name, string ResourceVersion) : LeaseGroupEvent;

    /// <summary>
    /// The process that wrote exactly this version as its holder is proven to be gone (design 5, rule 16). Only the file store knows; what
    /// reads a group for the store of one lease hands it on as <see cref="LeaseEvent.HolderDead"/>.
    /// </summary>
    public sealed record HolderDead(string Name, string ResourceVersion) : LeaseGroupEvent;

    /// <summary>Nothing changed up to this version: the watch is alive, and may be resumed from here.</summary>
    public sealed record Bookmark(string ResourceVersion) : LeaseGroupEvent;
}
