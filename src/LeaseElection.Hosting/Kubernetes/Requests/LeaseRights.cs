namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Which rights on leases an app needs, in words for whoever grants them.</summary>
internal static class LeaseRights
{
    private const string Role =
        "Grant it with a Role and a RoleBinding: apiGroups [coordination.k8s.io], resources [leases], verbs ";

    /// <summary>What an election or a lock needs.</summary>
    public static string OfOne(string verb) => Role + "[get, create, update, watch]."
        + (verb == "create"
            ? " The Lease is not there: grant create, or make it beforehand without a spec. Argo CD makes none that a chart has."
            : "");

    /// <summary>What many elections need to share a watch.</summary>
    public static string OfNamespace(string verb) => Role + $"[{verb}], without resourceNames.";

    /// <summary>What members and partitions need beside it. Their leases have names that nobody can list in a Role.</summary>
    public static string OfGroup(string verb) => Role + (verb == "delete"
        ? "[get, list, watch, create, update, delete], without resourceNames. Without delete, the leases of members that are long gone "
            + "stay until somebody deletes them."
        : "[get, list, watch, create, update], without resourceNames.");
}
