using System.Net;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

/// <summary>The few requests on Leases with which the API server itself is tested.</summary>
internal static class Leases
{
    public static JsonObject New(string name) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["holderIdentity"] = "me" },
    };

    public static Task<JsonObject> CreateAsync(ApiServerClient client, string @namespace, string name) =>
        client.SendAsync(HttpMethod.Post, PathOf(@namespace), New(name));

    public static Task<JsonObject> GetAsync(ApiServerClient client, string @namespace, string name) =>
        client.SendAsync(HttpMethod.Get, PathOf(@namespace, name));

    public static async Task<HttpStatusCode> StatusOfAsync(Func<Task<JsonObject>> request)
    {
        try
        {
            await request();
            return HttpStatusCode.OK;
        }
        catch (HttpRequestException exception) when (exception.StatusCode is { } status)
        {
            return status;
        }
    }

    private static string PathOf(string @namespace, string name = "") =>
        $"/apis/coordination.k8s.io/v1/namespaces/{@namespace}/leases/{name}".TrimEnd('/');
}
