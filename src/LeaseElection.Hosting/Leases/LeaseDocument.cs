using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// A Lease as it is on the wire and in a file: <c>coordination.k8s.io/v1</c>. Whatever we do not know is carried in
/// <see cref="Extra"/> and written back, so that other people's fields survive our writes (design 5, rule 15).
/// </summary>
internal sealed record LeaseDocument
{
    public string ApiVersion { get; init; } = "coordination.k8s.io/v1";

    public string Kind { get; init; } = "Lease";

    public LeaseMetadata? Metadata { get; init; }

    public LeaseSpec? Spec { get; init; }

    // Not init: the generated deserializer sets init properties through a constructor, where extension data is refused.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>What the elector sees of this document. A missing spec is an empty record: nobody holds the lease.</summary>
    public Lease ToLease() => new()
    {
        ResourceVersion = Metadata?.ResourceVersion ?? "",
        Uid = Metadata?.Uid ?? "",
        Record = Spec?.ToRecord() ?? new LeaseRecord(),
        Document = this,
    };

    /// <summary>This document with the five fields of <paramref name="record"/> in place of its own, everything else kept.</summary>
    public LeaseDocument With(LeaseRecord record) => this with { Spec = (Spec ?? new LeaseSpec()).With(record) };
}
