using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The object metadata we use; the rest is carried in <see cref="Extra"/>. Without <c>managedFields</c>, half of a Lease's bytes, which the
/// server keeps for itself: it leaves them as they are when a write does not name them.
/// </summary>
internal sealed record LeaseMetadata
{
    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public Dictionary<string, JsonElement>? Extra { get; init; }
}
