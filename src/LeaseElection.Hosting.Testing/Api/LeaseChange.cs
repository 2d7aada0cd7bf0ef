using System.Globalization;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>An entry of the history that watches are fed from.</summary>
/// <param name="Namespace">Of the lease.</param>
/// <param name="Name">Of the lease.</param>
/// <param name="Version">Which it has made.</param>
/// <param name="Before">The lease before it; <see langword="null"/>: it was made by it.</param>
/// <param name="After">The lease after it; <see langword="null"/>: it was deleted by it.</param>
internal sealed record LeaseChange(string Namespace, string Name, long Version, JsonObject? Before, JsonObject? After)
{
    /// <summary>
    /// The line of a watch; <see langword="null"/>: it is none of what that watches. What is watched no more, because it has lost a label,
    /// is told as deleted, as it was before, with the version of now.
    /// </summary>
    public string? ToLine(LeaseRoute watched)
    {
        bool was = Before is not null && watched.Selects(Namespace, Name, Before);
        bool isNow = After is not null && watched.Selects(Namespace, Name, After);
        if (!was && !isNow)
            return null;
        var lease = (JsonObject)(isNow ? After! : Before!).DeepClone();
        lease["metadata"]!["resourceVersion"] = Version.ToString(CultureInfo.InvariantCulture);
        string type = !isNow ? "DELETED" : was ? "MODIFIED" : "ADDED";
        return new JsonObject { ["type"] = type, ["object"] = lease }.ToJsonString() + "\n";
    }
}
