using System.Globalization;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>What is still to be told of a list, as it was when its first page was asked for.</summary>
internal sealed class LeaseListRest(long version, IReadOnlyList<JsonObject> leases)
{
    public long Version => version;

    /// <param name="limit">How many leases a page has at most; all, if it is no number.</param>
    /// <param name="next">What the page after it is to be asked for with.</param>
    /// <param name="keep">Keeps what is left.</param>
    public JsonObject TakePage(string? limit, string next, Action<LeaseListRest> keep)
    {
        int count = int.TryParse(limit, CultureInfo.InvariantCulture, out int wanted) && wanted > 0 ? wanted : int.MaxValue;
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (leases.Count > count)
        {
            keep(new LeaseListRest(version, [.. leases.Skip(count)]));
            metadata["continue"] = next;
            metadata["remainingItemCount"] = leases.Count - count;
        }

        return new JsonObject
        {
            ["kind"] = "LeaseList",
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. leases.Take(count).Select(Entry)]),
        };
    }

    /// <summary>An entry has no kind of its own.</summary>
    private static JsonNode Entry(JsonObject lease)
    {
        var entry = (JsonObject)lease.DeepClone();
        entry.Remove("kind");
        entry.Remove("apiVersion");
        return entry;
    }
}
