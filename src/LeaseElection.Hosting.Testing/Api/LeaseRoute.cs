using System.Collections.Specialized;
using System.Text.Json.Nodes;
using System.Web;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>What a request asks for: namespace, name (none for the collection) and verb.</summary>
internal sealed record LeaseRoute(string Namespace, string? Name, string Verb)
{
    private const string Prefix = "apis/coordination.k8s.io/v1/namespaces/";
    private const string CorePrefix = "api/v1/namespaces/";
    private const string NameSelector = "metadata.name=";

    /// <summary>Whether it is about an event or a pod, of which the model keeps nothing.</summary>
    public bool IsCore { get; private init; }

    public required NameValueCollection Query { get; init; }

    /// <returns><see langword="null"/>: a path that the model, as a server without this API, does not know.</returns>
    /// <param name="method">The method, in capitals.</param>
    /// <param name="path">The path, not escaped.</param>
    /// <param name="query">As in the address: with its question mark, escaped.</param>
    /// <param name="pathBase">A path before <c>/apis</c>, as gateways have.</param>
    public static LeaseRoute? Parse(string method, string path, string query, string pathBase = "")
    {
        NameValueCollection values = HttpUtility.ParseQueryString(query);
        string core = $"{pathBase}/{CorePrefix}";
        if (path.StartsWith(core, StringComparison.Ordinal))
            return ParseCore(method, path[core.Length..], values);
        string prefix = $"{pathBase}/{Prefix}";
        if (!path.StartsWith(prefix, StringComparison.Ordinal)
            || path[prefix.Length..].Split('/') is not [var leaseNamespace, "leases", .. var rest])
            return null;
        return (method, rest) switch
        {
            ("GET", []) => new(leaseNamespace, Selected(values), values["watch"] == "true" ? "watch" : "list") { Query = values },
            ("POST", []) => new(leaseNamespace, Name: null, "create") { Query = values },
            ("GET", [var name]) => new(leaseNamespace, name, "get") { Query = values },
            ("PUT", [var name]) => new(leaseNamespace, name, "update") { Query = values },
            ("DELETE", [var name]) => new(leaseNamespace, name, "delete") { Query = values },
            _ => null,
        };
    }

    /// <summary>Whether a lease is among those that are asked for: by namespace, by name, and by one label's value.</summary>
    public bool Selects(string leaseNamespace, string name, JsonObject lease) =>
        leaseNamespace == Namespace && (Name is null || Name == name) && HasLabel(lease);

    private bool HasLabel(JsonObject lease) =>
        Query["labelSelector"]?.Split('=') is not [var label, var value] || (string?)lease["metadata"]!["labels"]?[label] == value;

    private static LeaseRoute? ParseCore(string method, string path, NameValueCollection query) => (method, path.Split('/')) switch
    {
        ("POST", [var space, "events"]) => new(space, Name: null, "create") { IsCore = true, Query = query },
        ("PATCH", [var space, "pods", var name]) => new(space, name, "patch") { IsCore = true, Query = query },
        _ => null,
    };

    private static string? Selected(NameValueCollection query) =>
        query["fieldSelector"] is { } selector && selector.StartsWith(NameSelector, StringComparison.Ordinal)
            ? selector[NameSelector.Length..]
            : null;
}
