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
        // In small letters over HTTP/2, which kubectl speaks.
        var headers = new SortedDictionary<string, string>(request.Headers.ToDictionary(), StringComparer.OrdinalIgnoreCase);
        if (headers.TryGetValue("Authorization", out string? authorization))
            yield return authorization.Replace("Bearer ", "token ", StringComparison.Ordinal);
        if (request.Certificate is { } certificate)
            yield return $"certificate {certificate}";
        if (headers.TryGetValue($"{Impersonate}User", out string? user))
            yield return $"as {user}";
        headers.Remove($"{Impersonate}User");
        foreach ((string header, string value) in headers)
        {
            if (header.StartsWith(Impersonate, StringComparison.OrdinalIgnoreCase))
                yield return $"{header[Impersonate.Length..].ToLowerInvariant()} {value}";
        }
        string leaseNamespace = request.Path.Split("/namespaces/")[1].Split('/')[0];
        if (leaseNamespace != "default")
            yield return $"in {leaseNamespace}";
    }
}
