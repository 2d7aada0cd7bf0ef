using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>What an API server is shown of a user, in words.</summary>
internal static class Presented
{
    private const string Impersonate = "Impersonate-";

    /// <summary>Such as <c>token made-up, certificate certified, as boss, group staff, in shop</c>.</summary>
    public static string By(RecordedRequest request) => string.Join(", ", Parts(request));

    private static IEnumerable<string> Parts(RecordedRequest request)
    {
        if (request.Headers.TryGetValue("Authorization", out string? authorization))
            yield return authorization.Replace("Bearer ", "token ", StringComparison.Ordinal);
        if (request.Certificate is { } certificate)
            yield return $"certificate {certificate}";
        foreach ((string header, string value) in request.Headers.OrderBy(Rank))
        {
            if (header.StartsWith(Impersonate, StringComparison.Ordinal))
                yield return $"{header[Impersonate.Length..].Replace("User", "as", StringComparison.Ordinal).ToLowerInvariant()} {value}";
        }
        string leaseNamespace = request.Path.Split("/namespaces/")[1].Split('/')[0];
        if (leaseNamespace != "default")
            yield return $"in {leaseNamespace}";
    }

    private static int Rank(KeyValuePair<string, string> header) => header.Key switch
    {
        "Impersonate-User" => 0,
        "Impersonate-Uid" => 1,
        "Impersonate-Group" => 2,
        _ => 3,
    };
}
