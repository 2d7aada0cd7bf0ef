namespace LeaseElection.Hosting.Leases;

/// <summary>One version of a lease as a store returned it.</summary>
internal sealed record Lease
{
    /// <summary>Changes with every write and grows. A number on every API server we know, but never assumed to be one.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Tells this lease from one that was deleted and made again under the same name.</summary>
    public required string Uid { get; init; }

    public required LeaseRecord Record { get; init; }

    /// <summary>
    /// The whole object as the store read it, so that fields we do not own (labels, annotations, strategy, preferredHolder)
    /// survive our writes. Only the store that made it looks inside.
    /// </summary>
    public LeaseDocument? Document { get; init; }

    // Methods: a record prints its properties.
    public IReadOnlyDictionary<string, string> ReadLabels() => TraitsInMetadata.Texts(Document?.Metadata, TraitsInMetadata.Labels);

    /// <summary>Whether there is an annotation whose name begins so. Allocates nothing.</summary>
    public bool HasAnnotation(ReadOnlySpan<byte> prefix) =>
        TraitsInMetadata.HasName(Document?.Metadata, TraitsInMetadata.Annotations, prefix);

    public IReadOnlyDictionary<string, string> ReadAnnotations() =>
        TraitsInMetadata.Texts(Document?.Metadata, TraitsInMetadata.Annotations);
}
