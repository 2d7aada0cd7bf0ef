using System.Text.Json.Nodes;
using LeaseElection.Hosting.Testing.Api;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Testing.FakeApiServer;

/// <summary>What an API server says it has, which kubectl asks before it asks for a lease.</summary>
internal static class Discovery
{
    /// <returns><see langword="null"/> for anything else.</returns>
    public static ApiResult? Find(HttpRequest request, string pathBase) =>
        request.Path.Value is { } path && path.StartsWith(pathBase, StringComparison.Ordinal)
            && Document(path[pathBase.Length..]) is { } document
            ? new ApiResult(200, (JsonObject)JsonNode.Parse(document)!)
            : null;

    private static string? Document(string path) => path switch
    {
        "/api" => """{"kind": "APIVersions", "versions": ["v1"]}""",
        "/api/v1" => """{"kind": "APIResourceList", "groupVersion": "v1", "resources": []}""",
        "/apis" => """
            {"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "coordination.k8s.io",
             "versions": [{"groupVersion": "coordination.k8s.io/v1", "version": "v1"}],
             "preferredVersion": {"groupVersion": "coordination.k8s.io/v1", "version": "v1"}}]}
            """,
        "/apis/coordination.k8s.io/v1" => """
            {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "coordination.k8s.io/v1", "resources": [
             {"name": "leases", "singularName": "lease", "namespaced": true, "kind": "Lease",
              "verbs": ["create", "delete", "get", "list", "update", "watch"]}]}
            """,
        _ => null,
    };
}
