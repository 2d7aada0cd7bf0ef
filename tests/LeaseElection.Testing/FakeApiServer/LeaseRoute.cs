using Microsoft.AspNetCore.Http;

namespace LeaseElection.Testing.FakeApiServer;

/// <summary>What a request asks for: namespace, name (none for the collection) and verb.</summary>
internal sealed record LeaseRoute(string Namespace, string? Name, string Verb)
{
    private const string Prefix = "apis/coordination.k8s.io/v1/namespaces/";
    private const string CorePrefix = "api/v1/namespaces/";

    /// <summary>Whether it is about an event or a pod, of which the fake keeps nothing but the requests.</summary>
    public bool IsCore { get; private init; }

    /// <summary><see langword="null"/>: a path that the fake, as a server without this API, does not know.</summary>
    public static LeaseRoute? Parse(HttpRequest request, string pathBase)
    {
        string path = request.Path.Value ?? "";
        string core = $"{pathBase}/{CorePrefix}";
        if (path.StartsWith(core, StringComparison.Ordinal))
            return ParseCore(request.Method, path[core.Length..]);
        string prefix = $"{pathBase}/{Prefix}";
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path[prefix.Length..].Split('/') is not [var leaseNamespace, "leases", .. var rest])
            return null;
        return (request.Method, rest) switch
        {
            ("GET", []) when request.Query["watch"] == "true" => new(leaseNamespace, Selected(request), "watch"),
            ("POST", []) => new(leaseNamespace, Name: null, "create"),
            ("GET", [var name]) => new(leaseNamespace, name, "get"),
            ("PUT", [var name]) => new(leaseNamespace, name, "update"),
            ("DELETE", [var name]) => new(leaseNamespace, name, "delete"),
            _ => null,
        };
    }

    private static LeaseRoute? ParseCore(string method, string path) => (method, path.Split('/')) switch
    {
        ("POST", [var space, "events"]) => new(space, Name: null, "create") { IsCore = true },
        ("PATCH", [var space, "pods", var name]) => new(space, name, "patch") { IsCore = true },
        _ => null,
    };

    private static string? Selected(HttpRequest request) =>
        request.Query["fieldSelector"].ToString() is { Length: > 0 } selector ? selector["metadata.name=".Length..] : null;
}
