using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>The connection of a pod, and of an explicit API server, which takes from the pod whatever is not set.</summary>
internal static class ServiceAccountConnection
{
    public static KubernetesConnection ForServer(
        string server, KubernetesStoreOptions options, ProcessEnvironment environment, string section)
    {
        Uri url = ServerUrl.Parse($"{section}:ApiServer", server);
        string mounted = Path.Combine(environment.ServiceAccountDirectory, "token");
        if (!IsSet(options.TokenFile) && !File.Exists(mounted))
        {
            throw new LeaseStoreConfigurationException(
                $"{section}:ApiServer is '{server}', but there is no token: {section}:TokenFile is not set and {mounted} does not exist. "
                + $"Set TokenFile, or use a kubeconfig ({section}:KubeConfig).");
        }

        return new KubernetesConnection
        {
            Server = url,
            Origin = $"{section}:ApiServer",
            User = new ClusterUser { Token = Token(options, mounted, section) },
            Namespace = Namespace(environment),
            // Not the pod's: an address that was set by hand need not be this cluster's.
            CertificateAuthority = IsSet(options.CertificateAuthorityFile) ? Authorities(options, mounted: "", section) : null,
        };
    }

    /// <summary>A pod has the service's address and a token; without both this is no pod that may talk to the API server.</summary>
    public static KubernetesConnection? TryInCluster(
        KubernetesStoreOptions options, ProcessEnvironment environment, List<string> tried, string section)
    {
        if (environment.Variable("KUBERNETES_SERVICE_HOST") is not { } host
            || environment.Variable("KUBERNETES_SERVICE_PORT") is not { } port)
        {
            tried.Add("not in a pod: the variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set");
            return null;
        }

        string mounted = Path.Combine(environment.ServiceAccountDirectory, "token");
        if (!IsSet(options.TokenFile) && !File.Exists(mounted))
        {
            tried.Add($"in a pod, but the token file {mounted} does not exist (automountServiceAccountToken: false?)");
            return null;
        }

        string bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host;
        return new KubernetesConnection
        {
            Server = ServerUrl.Parse("KUBERNETES_SERVICE_HOST with KUBERNETES_SERVICE_PORT", $"https://{bracketed}:{port}"),
            Origin = "in-cluster service account",
            User = new ClusterUser { Token = Token(options, mounted, section) },
            Namespace = Namespace(environment),
            CertificateAuthority = Authorities(options, Path.Combine(environment.ServiceAccountDirectory, "ca.crt"), section),
        };
    }

    private static TextSource Token(KubernetesStoreOptions options, string mounted, string section) => IsSet(options.TokenFile)
        ? ClusterFiles.Token($"{section}:TokenFile", TextSource.FromFile(Path.GetFullPath(options.TokenFile!)))
        : ClusterFiles.Token("The service account's token", TextSource.FromFile(mounted));

    private static TextSource Authorities(KubernetesStoreOptions options, string mounted, string section) =>
        IsSet(options.CertificateAuthorityFile)
        ? ClusterFiles.Authorities(
            $"{section}:CertificateAuthorityFile", TextSource.FromFile(Path.GetFullPath(options.CertificateAuthorityFile!)))
        : ClusterFiles.Authorities("The service account's ca.crt", TextSource.FromFile(mounted));

    private static string? Namespace(ProcessEnvironment environment)
    {
        string file = Path.Combine(environment.ServiceAccountDirectory, "namespace");
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } name ? name : null;
    }

    private static bool IsSet(string? value) => !string.IsNullOrWhiteSpace(value);
}
