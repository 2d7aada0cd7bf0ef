using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// What may be taken for our lease, said a second time and in other words than the code's: the whole body is JSON, it is a Lease, it has
/// our name and namespace, and what the next write must name (uid and resourceVersion).
/// </summary>
internal static class LeaseOracle
{
    public const string Namespace = "default";
    public const string Name = "settlement";

    public static bool IsOurs(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return Text(json.RootElement, "kind") == "Lease"
                && Text(json.RootElement, "apiVersion")?.StartsWith("coordination.k8s.io/", StringComparison.Ordinal) == true
                && json.RootElement.TryGetProperty("metadata", out JsonElement metadata)
                && Text(metadata, "name") == Name
                && Text(metadata, "namespace") == Namespace
                && !string.IsNullOrEmpty(Text(metadata, "uid"))
                && !string.IsNullOrEmpty(Text(metadata, "resourceVersion"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the body says that exactly this record was written.</summary>
    public static bool Confirms(ReadOnlyMemory<byte> body, LeaseRecord written)
    {
        if (!IsOurs(body))
            return false;
        using JsonDocument json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("spec", out JsonElement spec)
            && (Text(spec, "holderIdentity") ?? "") == (written.HolderIdentity ?? "")
            && DateTimeOffset.TryParse(
                Text(spec, "renewTime")?.Replace(".Z", "Z", StringComparison.Ordinal), null, out DateTimeOffset renewed)
            && renewed == written.RenewTime
            && spec.TryGetProperty("leaseDurationSeconds", out JsonElement duration)
            && duration.ValueKind == JsonValueKind.Number
            && duration.TryGetInt32(out int seconds)
            && seconds == written.LeaseDurationSeconds;
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
