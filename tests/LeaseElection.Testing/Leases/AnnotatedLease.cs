using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>What a fake server keeps of a lease beside its record.</summary>
internal static class AnnotatedLease
{
    /// <summary>The document after a write that changes these annotations. A lease without annotations may have none.</summary>
    public static LeaseDocument? DocumentAfter(this Lease? before, IReadOnlyDictionary<string, string?> annotations) =>
        annotations.Count == 0 ? before?.Document : Annotate(before?.Document ?? new LeaseDocument(), annotations);

    /// <summary>The document with these annotations, without those that are to go.</summary>
    public static LeaseDocument Annotate(this LeaseDocument document, IReadOnlyDictionary<string, string?> annotations) =>
        document with { Metadata = (document.Metadata ?? new LeaseMetadata()).Annotate(annotations) };
}
