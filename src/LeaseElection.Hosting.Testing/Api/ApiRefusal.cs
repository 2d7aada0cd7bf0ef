using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>A request the API server refuses, in the words kube-apiserver has for it.</summary>
internal sealed class ApiRefusal(int code, string reason, string message, string? kind = "leases", string? name = null) : Exception(message)
{
    public static ApiRefusal Unauthorized() => new(401, "Unauthorized", "Unauthorized", kind: null);

    public static ApiRefusal Forbidden(string user, string verb, string leaseNamespace, string name) => new(
        403, "Forbidden",
        $"leases.coordination.k8s.io {(name.Length == 0 ? "" : $"\"{name}\" ")}is forbidden: User \"{user}\" cannot {verb} "
        + $"resource \"leases\" in API group \"coordination.k8s.io\" in the namespace \"{leaseNamespace}\"", name: name);

    public static ApiRefusal NotFound(string name) =>
        new(404, "NotFound", $"leases.coordination.k8s.io \"{name}\" not found", name: name);

    public static ApiRefusal NamespaceNotFound(string name) =>
        new(404, "NotFound", $"namespaces \"{name}\" not found", "namespaces", name);

    public static ApiRefusal AlreadyExists(string name) =>
        new(409, "AlreadyExists", $"leases.coordination.k8s.io \"{name}\" already exists", name: name);

    public static ApiRefusal Modified(string name) => Conflict(
        name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiRefusal Conflict(string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on leases.coordination.k8s.io \"{name}\": {why}", name: name);

    public static ApiRefusal BadRequest(string why) => new(400, "BadRequest", why, kind: null);

    public static ApiRefusal Invalid(string name, string why) =>
        new(422, "Invalid", $"Lease.coordination.k8s.io \"{name}\" is invalid: {why}", name: name);

    public static ApiRefusal Expired(long version, long oldest) =>
        new(410, "Expired", $"too old resource version: {version} ({oldest})", kind: null);

    public static ApiRefusal ListExpired() => new(
        410, "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
        + "continue parameter.",
        kind: null);

    /// <summary>Because a test wants it.</summary>
    public static ApiRefusal ByTest(int code) =>
        new(code, code == 403 ? "Forbidden" : code == 429 ? "TooManyRequests" : "", $"The test answers {code}.", kind: null);

    public ApiResult ToResult() => new(code, ToStatus());

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = reason,
            ["code"] = code,
        };
        if (kind is not null)
        {
            string group = kind == "leases" ? "coordination.k8s.io" : "";
            status["details"] = new JsonObject { ["name"] = name, ["group"] = group, ["kind"] = kind };
        }

        return status;
    }
}
