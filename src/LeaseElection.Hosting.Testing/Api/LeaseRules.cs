using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>What kube-apiserver checks in a Lease that is sent to it.</summary>
internal static partial class LeaseRules
{
    public static JsonObject Parse(string json)
    {
        if (Try(json) is not { } lease)
            throw ApiRefusal.BadRequest("the object provided is unrecognized (must be of type Lease)");
        if ((string?)lease["kind"] != "Lease" || (string?)lease["apiVersion"] != "coordination.k8s.io/v1")
            throw ApiRefusal.BadRequest($"no kind \"{lease["kind"]}\" is registered for version \"{lease["apiVersion"]}\"");
        foreach (string field in (string[])["acquireTime", "renewTime"])
        {
            if ((string?)lease["spec"]?[field] is { } time && !MicroTime().IsMatch(time))
            {
                throw ApiRefusal.BadRequest(
                    "Lease in version \"v1\" cannot be handled as a Lease: "
                    + $"parsing time \"{time}\" as \"2006-01-02T15:04:05.000000Z07:00\"");
            }
        }
        return lease;
    }

    /// <summary>Those of the body of a DELETE, which may be empty.</summary>
    public static JsonNode? Preconditions(string json) => Try(json.Length == 0 ? "{}" : json) is { } options
        ? options["preconditions"]
        : throw ApiRefusal.BadRequest("the object provided is unrecognized (must be of type DeleteOptions)");

    public static void Validate(string name, JsonObject lease)
    {
        if ((int?)lease["spec"]?["leaseDurationSeconds"] is <= 0 and var duration)
            throw ApiRefusal.Invalid(name, $"spec.leaseDurationSeconds: Invalid value: {duration}: must be greater than 0");
        if ((int?)lease["spec"]?["leaseTransitions"] is < 0 and var transitions)
            throw ApiRefusal.Invalid(name, $"spec.leaseTransitions: Invalid value: {transitions}: must be greater than or equal to 0");
    }

    private static JsonObject? Try(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    // Exactly six digits: five are refused, and so are none (kubernetes#141204).
    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MicroTime();
}
