namespace LeaseElection.Hosting.Leases;

/// <summary>
/// What a write makes of a lease: its record, and the annotations that go with it. Everything else stays (design 5, rule 15).
/// </summary>
internal sealed record LeaseWrite(LeaseRecord Record)
{
    /// <summary>No annotation changes.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Unchanged = new Dictionary<string, string?>();

    /// <summary>What these annotations are to say; <see langword="null"/>: it goes. The others stay as they are.</summary>
    public IReadOnlyDictionary<string, string?> Annotations { get; init; } = Unchanged;

    public static implicit operator LeaseWrite(LeaseRecord record) => new(record);
}
