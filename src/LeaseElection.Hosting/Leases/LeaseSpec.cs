using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>The <c>spec</c> of a Lease on the wire: the five fields of a <see cref="LeaseRecord"/> and whatever else is there.</summary>
internal sealed record LeaseSpec(LeaseRecord Record)
{
    public Dictionary<string, JsonElement>? Extra { get; init; }
}
