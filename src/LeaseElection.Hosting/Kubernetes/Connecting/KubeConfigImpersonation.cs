using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Whom a kubeconfig's user acts as: <c>as</c> and what belongs to it.</summary>
internal static class KubeConfigImpersonation
{
    public static Impersonation? Create(KubeConfigNode user)
    {
        string? uid = user.Text("as-uid");
        IReadOnlyList<string> groups = user.Texts("as-groups");
        Dictionary<string, IReadOnlyList<string>> extra =
            user.Child("as-user-extra") is { } values ? values.Keys.ToDictionary(key => key, values.Texts) : [];
        if (user.Text("as") is not { } name)
        {
            string? alone = uid is not null ? "as-uid" : groups.Count > 0 ? "as-groups" : extra.Count > 0 ? "as-user-extra" : null;
            return alone is null
                ? null
                : throw new LeaseStoreConfigurationException(
                    $"{user.DescribeKey(alone)} is there without as. Add as with the name of the user to act as, or remove {alone}.");
        }
        try
        {
            return new Impersonation(name, uid, groups, extra);
        }
        catch (FormatException e)
        {
            throw new LeaseStoreConfigurationException($"{user.DescribeKey("as")} or what belongs to it cannot be sent: {e.Message}");
        }
    }
}
