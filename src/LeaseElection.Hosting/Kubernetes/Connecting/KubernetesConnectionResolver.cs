using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Finds the API server before the host starts. The order is that of controller-runtime: what was set explicitly, KUBECONFIG, the pod's
/// service account, ~/.kube/config. There is no fallback to localhost: it would turn a missing setting into "connection refused".
/// </summary>
internal static class KubernetesConnectionResolver
{
    public const string DefaultSection = LeaderElectionOptions.SectionName + ":Kubernetes";

    /// <param name="options">What the user set.</param>
    /// <param name="environment">Variables and folders of this process.</param>
    /// <param name="includeHomeKubeConfig">
    /// Whether ~/.kube/config counts. Only for an explicit <c>Store=Kubernetes</c>: nobody means a laptop's current context by saying
    /// nothing.
    /// </param>
    /// <param name="tried">Receives a line for each source that was looked at and does not apply.</param>
    /// <param name="section">Where the user sets <paramref name="options"/>: <c>LeaderElection:Kubernetes</c>.</param>
    /// <exception cref="LeaseStoreConfigurationException">A source applies but is wrong.</exception>
    public static KubernetesConnection? TryResolve(
        KubernetesStoreOptions options,
        ProcessEnvironment environment,
        bool includeHomeKubeConfig,
        List<string> tried,
        string section = DefaultSection) =>
        Find(options, environment, includeHomeKubeConfig, tried, section) switch
        {
            { Proxy: null } direct => direct with { EnvironmentProxy = EnvironmentProxy.For(direct.Server, environment) },
            var found => found,
        };

    private static KubernetesConnection? Find(
        KubernetesStoreOptions options, ProcessEnvironment environment, bool includeHomeKubeConfig, List<string> tried, string section)
    {
        if (Value(options.ApiServer) is { } server)
        {
            string shown = ServerUrl.Shown(server);
            Refuse(options.KubeConfig, $"{section}:KubeConfig", $"ApiServer '{shown}' is set too. Set one of the two");
            Refuse(options.Context, $"{section}:Context", $"ApiServer '{shown}' is set, which has no contexts. Remove one of the two");
            return ServiceAccountConnection.ForServer(server, options, environment, section);
        }
        tried.Add($"{section}:ApiServer is not set");

        if (Value(options.KubeConfig) is { } file)
            return FromKubeConfig(KubeConfig.Load([Path.GetFullPath(file)], $"{section}:KubeConfig")!, options, section);
        tried.Add($"{section}:KubeConfig is not set");

        if (environment.Variable("KUBECONFIG") is { } list)
        {
            string[] files = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (KubeConfig.Load(files) is { } config)
                return FromKubeConfig(config, options, section);
            tried.Add($"KUBECONFIG names no file that exists: '{list}'");
        }
        else
        {
            tried.Add("the variable KUBECONFIG is not set");
        }

        if (ServiceAccountConnection.TryInCluster(options, environment, tried, section) is { } inCluster)
        {
            Refuse(
                options.Context, $"{section}:Context",
                "no kubeconfig was found, and the API server of this pod, which is taken before ~/.kube/config, has no contexts. Name the "
                + "kubeconfig by KubeConfig, or remove Context");
            return inCluster;
        }

        string home = Path.Combine(environment.HomeDirectory, ".kube", "config");
        // KUBECONFIG stands in its place, as for kubectl: who mistyped it does not mean his laptop's current context.
        bool isGiven = environment.Variable("KUBECONFIG") is not null;
        if (!isGiven && includeHomeKubeConfig && KubeConfig.Load([home]) is { } homeConfig)
            return FromKubeConfig(homeConfig, options, section);
        if (!isGiven)
        {
            tried.Add(includeHomeKubeConfig
                ? $"{home} does not exist"
                : $"{home} is used only when {section[..section.LastIndexOf(':')]}:Store is Kubernetes");
        }

        // Else a file would be taken where files may be, and each machine have a leader, though a cluster was meant.
        Refuse(
            options.Context, $"{section}:Context",
            $"no kubeconfig was found: {string.Join("; ", tried)}. Name one by KubeConfig, or remove Context");
        return null;
    }

    private static KubernetesConnection FromKubeConfig(KubeConfig config, KubernetesStoreOptions options, string section)
    {
        // Half of one identity and half of another would be a connection that nobody described.
        string why = $"the connection comes from the kubeconfig {config.Name}, which has its own. Remove one of the two";
        Refuse(options.TokenFile, $"{section}:TokenFile", why);
        Refuse(options.CertificateAuthorityFile, $"{section}:CertificateAuthorityFile", why);
        return KubeConfigConnection.Create(config, Value(options.Context), $"{section}:Context");
    }

    private static void Refuse(string? value, string option, string why)
    {
        if (Value(value) is { } set)
            throw new LeaseStoreConfigurationException($"{option} is '{set}', but {why}.");
    }

    private static string? Value(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
