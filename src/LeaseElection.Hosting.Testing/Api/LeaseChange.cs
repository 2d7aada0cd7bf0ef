using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>An entry of the history that watches are fed from.</summary>
internal sealed record LeaseChange(string Type, string Namespace, string Name, long Version, JsonObject Lease)
{
    /// <summary>The line of a watch.</summary>
    public string ToLine() => new JsonObject { ["type"] = Type, ["object"] = Lease.DeepClone() }.ToJsonString() + "\n";
}
