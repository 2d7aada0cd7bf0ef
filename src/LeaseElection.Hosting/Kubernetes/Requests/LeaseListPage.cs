using System.Text.Json;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// One page of a list of leases. The entries are read one by one, so that one which makes no sense is not the end of all.
/// </summary>
internal sealed record LeaseListPage
{
    public string? Kind { get; init; }

    public string? ApiVersion { get; init; }

    public LeaseListMetadata? Metadata { get; init; }

    public IReadOnlyList<JsonElement>? Items { get; init; }
}
