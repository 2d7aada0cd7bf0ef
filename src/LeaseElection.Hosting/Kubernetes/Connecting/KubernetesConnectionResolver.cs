using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Finds the API server before the host starts. The order is that of controller-runtime: what was set explicitly, KUBECONFIG, the pod's
/// service account, ~/.kube/config. There is no fallback to localhost: it would turn a missing setting into "connection refused".
/// </summary>
internal static class KubernetesConnectionResolver
{
    /// <param name="options">What the user set.</param>
    /// <param name="environment">Variables and folders of this process.</param>
    /// <param name="includeHomeKubeConfig">
    /// Whether ~/.kube/config counts. Only for an explicit <c>Store=Kubernetes</c>: nobody means a laptop's current context by saying
    /// nothing.
    /// </param>
    /// <param name="tried">Receives a line for each source that was looked at and does not apply.</param>
    /// <exception cref="LeaseStoreConfigurationException">A source applies but is wrong.</exception>
    public static KubernetesConnection? TryResolve(
        KubernetesStoreOptions options, ProcessEnvironment environment, bool includeHomeKubeConfig, List<string> tried) =>
        Find(options, environment, includeHomeKubeConfig, tried) switch
        {
            { Proxy: null } direct => direct with { EnvironmentProxy = EnvironmentProxy.For(direct.Server, environment) },
            var found => found,
        };

    private static KubernetesConnection? Find(
        KubernetesStoreOptions options, ProcessEnvironment environment, bool includeHomeKubeConfig, List<string> tried)
    {
        if (Value(options.ApiServer) is { } server)
        {
            Refuse(options.KubeConfig, nameof(options.KubeConfig), $"ApiServer '{server}' is set too. Set one of the two");
            Refuse(options.Context, nameof(options.Context), $"ApiServer '{server}' is set, which has no contexts. Remove one of the two");
            return ServiceAccountConnection.ForServer(server, options, environment);
        }
        tried.Add("LeaderElection:Kubernetes:ApiServer is not set");

        if (Value(options.KubeConfig) is { } file)
            return FromKubeConfig(KubeConfig.Load([Path.GetFullPath(file)], missingIsError: true)!, options);
        tried.Add("LeaderElection:Kubernetes:KubeConfig is not set");

        if (environment.Variable("KUBECONFIG") is { } list)
        {
            string[] files = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (KubeConfig.Load(files, missingIsError: false) is { } config)
                return FromKubeConfig(config, options);
            tried.Add($"KUBECONFIG names no file that exists: '{list}'");
        }
        else
        {
            tried.Add("the variable KUBECONFIG is not set");
        }

        if (ServiceAccountConnection.TryInCluster(options, environment, tried) is { } inCluster)
            return inCluster;

        string home = Path.Combine(environment.HomeDirectory, ".kube", "config");
        // KUBECONFIG stands in its place, as for kubectl: who mistyped it does not mean his laptop's current context.
        if (environment.Variable("KUBECONFIG") is not null)
            return null;
        if (includeHomeKubeConfig && KubeConfig.Load([home], missingIsError: false) is { } homeConfig)
            return FromKubeConfig(homeConfig, options);
        tried.Add(includeHomeKubeConfig
            ? $"{home} does not exist"
            : $"{home} is used only when LeaderElection:Store is Kubernetes");
        return null;
    }

    private static KubernetesConnection FromKubeConfig(KubeConfig config, KubernetesStoreOptions options)
    {
        // Half of one identity and half of another would be a connection that nobody described.
        string why = $"the connection comes from the kubeconfig {config.Name}, which has its own. Remove one of the two";
        Refuse(options.TokenFile, nameof(options.TokenFile), why);
        Refuse(options.CertificateAuthorityFile, nameof(options.CertificateAuthorityFile), why);
        return KubeConfigConnection.Create(config, Value(options.Context));
    }

    private static void Refuse(string? value, string option, string why)
    {
        if (Value(value) is { } set)
            throw new LeaseStoreConfigurationException($"LeaderElection:Kubernetes:{option} is '{set}', but {why}.");
    }

    private static string? Value(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
