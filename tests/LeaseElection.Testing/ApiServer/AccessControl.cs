using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// One Role and one RoleBinding per user and namespace. The authorizer learns of them through a watch, a moment after
/// they are written; a test that went on at once would sometimes get a 403 that it did not ask for.
/// </summary>
internal sealed class AccessControl(ApiServerClient admin, Func<string, ApiServerClient> clientOf)
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces";

    private readonly ConcurrentDictionary<(string User, string Namespace), PolicyRule[]> _granted = new();

    /// <summary>From now on the user may do exactly this in the namespace.</summary>
    public async Task SetAsync(ApiServerUser user, string @namespace, PolicyRule[] rules)
    {
        var before = _granted.GetValueOrDefault((user.Name, @namespace));
        if (rules.Length == 0 && before is null)
        {
            return;
        }

        _granted[(user.Name, @namespace)] = rules;
        var role = Role(user, rules);
        if (before is null)
        {
            await admin.SendAsync(HttpMethod.Post, $"{Rbac}/{@namespace}/roles", role);
            await admin.SendAsync(HttpMethod.Post, $"{Rbac}/{@namespace}/rolebindings", Binding(user));
        }
        else
        {
            await admin.SendAsync(HttpMethod.Put, $"{Rbac}/{@namespace}/roles/{user.Name}", role);
        }

        var allowed = rules.SelectMany(rule => rule.Accesses);
        var denied = (before ?? []).SelectMany(rule => rule.Accesses)
            .Where(access => !Array.Exists(rules, rule => rule.Covers(access)));
        using var client = clientOf(user.Token);
        await WaitUntilAsync(client, @namespace, allowed, expected: true);
        await WaitUntilAsync(client, @namespace, denied, expected: false);
    }

    private static async Task WaitUntilAsync(
        ApiServerClient client, string @namespace, IEnumerable<PolicyRule.Access> accesses, bool expected)
    {
        foreach (var access in accesses)
        {
            await Polling.UntilAsync(
                async () => await IsAllowedAsync(client, @namespace, access) == expected,
                Signal.Patience,
                what: $"{access} in {@namespace} allowed: {expected}");
        }
    }

    private static async Task<bool> IsAllowedAsync(ApiServerClient client, string @namespace, PolicyRule.Access access)
    {
        var resource = access.Resource.Split('/', 2);
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["resourceAttributes"] = new JsonObject
                {
                    ["namespace"] = @namespace,
                    ["group"] = access.ApiGroup,
                    ["resource"] = resource[0],
                    ["subresource"] = resource.Length > 1 ? resource[1] : "",
                    ["verb"] = access.Verb,
                    ["name"] = access.Name,
                },
            },
        };
        var answer = await client.SendAsync(
            HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
        return answer["status"]!["allowed"]!.GetValue<bool>();
    }

    private static JsonObject Role(ApiServerUser user, PolicyRule[] rules) => new()
    {
        ["apiVersion"] = "rbac.authorization.k8s.io/v1",
        ["kind"] = "Role",
        ["metadata"] = new JsonObject { ["name"] = user.Name },
        ["rules"] = new JsonArray([.. rules.Select(rule => rule.ToJson())]),
    };

    private static JsonObject Binding(ApiServerUser user) => new()
    {
        ["apiVersion"] = "rbac.authorization.k8s.io/v1",
        ["kind"] = "RoleBinding",
        ["metadata"] = new JsonObject { ["name"] = user.Name },
        ["subjects"] = new JsonArray(new JsonObject
        {
            ["apiGroup"] = "rbac.authorization.k8s.io",
            ["kind"] = "User",
            ["name"] = user.Name,
        }),
        ["roleRef"] = new JsonObject
        {
            ["apiGroup"] = "rbac.authorization.k8s.io",
            ["kind"] = "Role",
            ["name"] = user.Name,
        },
    };
}
