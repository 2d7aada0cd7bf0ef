using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>What a line of a watch may be taken for, said a second time and in other words than the code's.</summary>
internal static class WatchOracle
{
    public static bool Tells(byte[] line, LeaseEvent happened)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement changed = json.RootElement.GetProperty("object");
            string type = json.RootElement.GetProperty("type").GetString()!;
            string version = changed.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
            bool ours = version.Length > 0 && LeaseOracle.IsOurs(Encoding.UTF8.GetBytes(changed.GetRawText()));
            return happened switch
            {
                LeaseEvent.Changed told => ours && type is "ADDED" or "MODIFIED" && told.Lease.ResourceVersion == version,
                LeaseEvent.Deleted told => ours && type == "DELETED" && told.ResourceVersion == version,
                LeaseEvent.Bookmark told => type == "BOOKMARK" && version.Length > 0 && told.ResourceVersion == version,
                _ => false,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }
}
