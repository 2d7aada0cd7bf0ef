using System.Text.Json;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>One line of a watch. What the object is depends on the type: a Lease, or the Status of an error.</summary>
internal sealed record WatchFrame
{
    public string? Type { get; init; }

    public JsonElement Object { get; init; }
}
