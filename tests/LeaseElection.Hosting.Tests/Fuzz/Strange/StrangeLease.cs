using System.Text;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>
/// Leases in JSON: as an API server sends them, and changed in ways that keep them near to it: fields of other types, missing, twice,
/// in another case; another kind, name or namespace; then, now and then, spoilt on the way.
/// </summary>
internal static class StrangeLease
{
    public const string Uid = "0d3b1a58-6c1f-4c39-9d3c-1c2d3e4f5a6b";

    /// <summary>A lease as it should be, in a namespace "default" with the name "settlement".</summary>
    public static IReadOnlyList<(string Place, string Json)> Good(Random random) =>
    [
        ("kind", "\"Lease\""),
        ("apiVersion", "\"coordination.k8s.io/v1\""),
        ("metadata.name", "\"settlement\""),
        ("metadata.namespace", "\"default\""),
        ("metadata.uid", $"\"{Uid}\""),
        ("metadata.resourceVersion", $"\"{random.Next(1, 5000)}\""),
        ("metadata.creationTimestamp", "\"2026-01-31T12:00:00Z\""),
        ("metadata.annotations", "{\"team\":\"shop\",\"note\":\"a\\u00e4\"}"),
        ("metadata.managedFields", "[{\"manager\":\"x\"}]"),
        ("spec.holderIdentity", random.Of("\"a\"", "\"b\"", "\"me\"", "\"\"", "null")),
        ("spec.leaseDurationSeconds", random.Of("15", "15", "1", "60")),
        ("spec.acquireTime", $"\"{StrangeTime.Good(random)}\""),
        ("spec.renewTime", $"\"{StrangeTime.Good(random)}\""),
        ("spec.leaseTransitions", $"{random.Next(9)}"),
    ];

    /// <summary>A lease as it should be, with this record.</summary>
    public static IReadOnlyList<(string Place, string Json)> Of(Random random, LeaseRecord record) =>
    [
        .. Good(random).Where(field => !field.Place.StartsWith("spec.", StringComparison.Ordinal)),
        ("spec.holderIdentity", $"\"{record.HolderIdentity}\""),
        ("spec.leaseDurationSeconds", $"{record.LeaseDurationSeconds}"),
        ("spec.acquireTime", $"\"{record.AcquireTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}\""),
        ("spec.renewTime", $"\"{record.RenewTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}\""),
        ("spec.leaseTransitions", $"{record.LeaseTransitions}"),
    ];

    public static byte[] Any(Random random) => Strange(random, Good(random));

    /// <summary>The same fields with none, one or several of these changes.</summary>
    public static byte[] Strange(Random random, IReadOnlyList<(string Place, string Json)> good)
    {
        List<(string Place, string Json)> fields = [.. good];
        for (int changes = random.OneIn(4) ? 0 : random.Next(1, 4); changes > 0; changes--)
            Change(random, fields);
        byte[] lease = Write(fields);
        if (random.OneIn(12))
            lease = [.. """{"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{"resourceVersion":"7"},"items":["""u8, .. lease, .. "]}"u8];
        return random.OneIn(4) ? StrangeBytes.Spoil(random, lease) : lease;
    }

    public static byte[] Write(IEnumerable<(string Place, string Json)> fields)
    {
        var groups = fields.GroupBy(field => field.Place.Contains('.', StringComparison.Ordinal) ? field.Place.Split('.')[0] : "");
        IEnumerable<string> members = groups.SelectMany(group => group.Key.Length == 0
            ? group.Select(field => $"\"{field.Place}\":{field.Json}")
            : [$"\"{group.Key}\":{{{string.Join(',', group.Select(
                field => $"\"{field.Place[(group.Key.Length + 1)..]}\":{field.Json}"))}}}"]);
        return Encoding.UTF8.GetBytes($"{{{string.Join(',', members)}}}");
    }

    private static void Change(Random random, List<(string Place, string Json)> fields)
    {
        int at = random.Next(fields.Count);
        (string place, string json) = fields[at];
        switch (random.Next(8))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Insert(random.Next(fields.Count + 1), (place, StrangeJson.Value(random)));
                break;
            case 2:
                fields[at] = (random.OneIn(2) ? place.ToUpperInvariant() : place + random.Of(" ", "s", "\\u0000", "\\ud800"), json);
                break;
            case 3:
                fields[at] = Other(random, place);
                break;
            case 4:
                // A whole part is something else.
                fields.RemoveAll(field => field.Place.StartsWith("spec.", StringComparison.Ordinal));
                fields.Add(("spec", StrangeJson.Value(random)));
                break;
            case 5:
                fields.Add(
                    (random.Of("metadata.", "spec.", "") + random.Of("labels", "strategy", "x", "annotations"), StrangeJson.Value(random)));
                break;
            default:
                fields[at] = (place, StrangeJson.Value(random));
                break;
        }
    }

    /// <summary>The right type, and another thing.</summary>
    private static (string Place, string Json) Other(Random random, string place) => (place, place switch
    {
        "kind" => random.Of("\"ConfigMap\"", "\"LeaseList\"", "\"Status\"", "\"lease\"", "\"LEASE\""),
        "apiVersion" => random.Of("\"v1\"", "\"example.com/v1\"", "\"coordination.k8s.io/v2\"", "\"coordination.k8s.io\""),
        "metadata.name" => random.Of("\"other\"", "\"Settlement\"", "\"settlement \""),
        "metadata.namespace" => random.Of("\"kube-system\"", "\"Default\"", "\"\""),
        "metadata.resourceVersion" or "metadata.uid" => StrangeJson.Quoted(random.OneIn(2) ? StrangeNumber.Any(random) : ""),
        "spec.acquireTime" or "spec.renewTime" => StrangeJson.Quoted(StrangeTime.Any(random)),
        "spec.leaseDurationSeconds" or "spec.leaseTransitions" => StrangeNumber.Any(random),
        _ => StrangeJson.Quoted(StrangeText.Any(random)),
    });
}
