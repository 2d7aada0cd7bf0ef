namespace LeaseElection.Hosting.Leases;

/// <summary>
/// What the leases of a group bear beside their record, and by which they are found. A store writes it with every write of its own, so that
/// a lease which was made by hand, or lost its labels, is found again after the next renewal. Other labels, annotations and owners stay
/// (design 5, rule 15). A plain election has none.
/// </summary>
internal sealed record LeaseTraits
{
    public static LeaseTraits None { get; } = new();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The Pod that the lease is deleted with, said once, when the lease is created; <see langword="null"/> for none. The file store has no
    /// use for it.
    /// </summary>
    public PodReference? Owner { get; init; }

    /// <summary>These and the label by which a group finds its leases.</summary>
    public LeaseTraits OfGroup(string group) => this with
    {
        Labels = new Dictionary<string, string>(Labels) { [LeaseGroupName.Label] = group },
    };
}
