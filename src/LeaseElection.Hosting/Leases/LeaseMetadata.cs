using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>The object metadata we use; the rest is carried in <see cref="Extra"/>.</summary>
internal sealed record LeaseMetadata
{
    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    /// <summary>
    /// Half of a Lease's bytes, kept by the server for itself: not read, and left out of a write, so that the server keeps what it has.
    /// </summary>
    [JsonIgnore]
    public object? ManagedFields { get; init; }

    // Not init, as in LeaseDocument.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
