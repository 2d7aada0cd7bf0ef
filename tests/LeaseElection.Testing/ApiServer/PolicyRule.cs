using System.Text.Json.Nodes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>One rule of a Role: the verbs that are allowed on a resource (<c>leases</c>, <c>pods/status</c>).</summary>
/// <param name="ApiGroup">The group, empty for the core one.</param>
/// <param name="Resource">The resource in the plural, with its subresource if any.</param>
/// <param name="Verbs">The verbs, <c>*</c> for all.</param>
public sealed record PolicyRule(string ApiGroup, string Resource, params IReadOnlyList<string> Verbs)
{
    /// <summary>The names to which the rule is limited; empty: all. RBAC cannot limit <c>create</c> by name.</summary>
    public IReadOnlyList<string> ResourceNames { get; init; } = [];

    /// <summary>What an elector needs: these verbs on Leases.</summary>
    public static PolicyRule Leases(params IReadOnlyList<string> verbs) => new("coordination.k8s.io", "leases", verbs);

    internal IEnumerable<Access> Accesses =>
        from verb in Verbs
        from name in ResourceNames.DefaultIfEmpty("")
        select new Access(ApiGroup, Resource, verb, name);

    internal bool Covers(Access access) =>
        ApiGroup == access.ApiGroup
        && Resource == access.Resource
        && (Verbs.Contains(access.Verb) || Verbs.Contains("*"))
        && (ResourceNames.Count == 0 || ResourceNames.Contains(access.Name));

    internal JsonObject ToJson() => new()
    {
        ["apiGroups"] = new JsonArray(ApiGroup),
        ["resources"] = new JsonArray(Resource),
        ["verbs"] = ArrayOf(Verbs),
        ["resourceNames"] = ArrayOf(ResourceNames),
    };

    private static JsonArray ArrayOf(IEnumerable<string> values) =>
        new([.. values.Select(value => JsonValue.Create(value))]);

    /// <summary>One thing that one may or may not do; what the authorizer can be asked about.</summary>
    internal sealed record Access(string ApiGroup, string Resource, string Verb, string Name);
}
