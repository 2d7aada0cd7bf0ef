using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// What came before plugins and is built into kubectl. All but OpenID Connect are gone from there, and that renews its token by rewriting
/// the kubeconfig, which a service must not: half of its replicas would be left with a refresh token that has been used.
/// </summary>
internal static class KubeConfigAuthProvider
{
    /// <summary>Refuses one that would be needed, and by kubectl's example one that it does not know, needed or not.</summary>
    public static void Check(KubeConfigNode user, KubeConfigNode provider, bool hasOwnCredentials, bool hasPlugin)
    {
        string? name = provider.Text("name");
        string what = $"{user.DescribeKey("auth-provider")} is '{name}'";
        if (hasPlugin)
            throw new LeaseStoreConfigurationException(
                $"{what}, but there is an exec plugin too, and only one can be meant. Remove auth-provider.");
        switch (name)
        {
            case "oidc" when hasOwnCredentials:
                break;
            case "oidc":
                throw new LeaseStoreConfigurationException(
                    $"{what}, whose tokens end within hours and would have to be renewed by rewriting the kubeconfig, which is left to "
                    + "kubectl. Use a plugin that logs in by OpenID Connect, such as kubelogin (kubectl oidc-login setup), or a service "
                    + "account's token.");
            case "gcp":
                throw new LeaseStoreConfigurationException(
                    $"{what}, which Kubernetes removed in 1.26. Install gke-gcloud-auth-plugin and run: "
                    + "gcloud container clusters get-credentials CLUSTER");
            case "azure":
                throw new LeaseStoreConfigurationException(
                    $"{what}, which Kubernetes removed in 1.26. Install kubelogin and run: kubelogin convert-kubeconfig");
            default:
                throw new LeaseStoreConfigurationException(
                    $"{what}, which Kubernetes does not have, or no longer. Use a token, a client certificate or an exec plugin.");
        }
    }
}
