using System.Text;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Bodies of refusals: a Status as kube-apiserver writes it, one that is wrong, a proxy's page, nothing.</summary>
internal static class StrangeStatus
{
    public static byte[] Any(Random random)
    {
        byte[] body = random.Next(8) switch
        {
            0 => [],
            1 => [.. "<html><body>502 Bad Gateway</body></html>"u8],
            2 => StrangeJson.Bytes(StrangeJson.Value(random)),
            3 => StrangeLease.Any(random),
            _ => Status(random),
        };
        return random.OneIn(6) ? StrangeBytes.Spoil(random, body) : body;
    }

    private static byte[] Status(Random random) => Encoding.UTF8.GetBytes($$"""
        {"kind":{{Or(random, "\"Status\"")}},"apiVersion":"v1","status":"Failure","message":{{Or(random, "\"no\"")}},
         "reason":{{Or(random, random.Of("\"NotFound\"", "\"AlreadyExists\"", "\"Conflict\"", "\"Expired\"", "\"Forbidden\""))}},
         "details":{{Or(random, $$"""
             {"name":"settlement","kind":{{Or(random, random.Of("\"leases\"", "\"namespaces\""))}},
              "retryAfterSeconds":{{StrangeNumber.Any(random)}}}
             """)}},
         "code":{{(random.OneIn(3) ? StrangeNumber.Any(random) : random.Of("200", "401", "403", "404", "409", "410", "429", "500", "503"))}} }
        """.Replace("\n", "", StringComparison.Ordinal));

    private static string Or(Random random, string good) => random.OneIn(6) ? StrangeJson.Value(random) : good;
}
