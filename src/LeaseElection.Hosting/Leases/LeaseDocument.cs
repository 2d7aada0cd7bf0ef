using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// A Lease as it is on the wire and in a file: <c>coordination.k8s.io/v1</c>. Whatever we do not know is carried in
/// <see cref="Extra"/> and written back, so that other people's fields survive our writes (design 5, rule 15).
/// </summary>
[JsonConverter(typeof(LeaseDocumentConverter))]
internal sealed record LeaseDocument
{
    public string ApiVersion { get; init; } = "coordination.k8s.io/v1";

    public string Kind { get; init; } = "Lease";

    public LeaseMetadata? Metadata { get; init; }

    public LeaseSpec? Spec { get; init; }

    public Dictionary<string, JsonElement>? Extra { get; init; }

    /// <summary>What the elector sees of this document. A missing spec is an empty record: nobody holds the lease.</summary>
    public Lease ToLease() => new()
    {
        ResourceVersion = Metadata?.ResourceVersion ?? "",
        Uid = Metadata?.Uid ?? "",
        Record = Spec?.Record ?? new LeaseRecord(),
        Document = this,
    };

    /// <summary>This document with <paramref name="record"/> in place of its own, everything else kept.</summary>
    public LeaseDocument With(LeaseRecord record) => this with { Spec = new LeaseSpec(record) { Extra = Spec?.Extra } };
}
