using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Follows a context of a kubeconfig to its cluster and its user.</summary>
internal static class KubeConfigConnection
{
    public static KubernetesConnection Create(KubeConfig config, string? wantedContext, string option)
    {
        string name = wantedContext ?? config.CurrentContext ?? throw new LeaseStoreConfigurationException(
            $"The kubeconfig {config.Name} has no current-context. Set {option} to one of: "
            + $"{List(config.Contexts)}.");
        if (!config.Contexts.TryGetValue(name, out KubeConfigNode? context))
        {
            string source = wantedContext is null
                ? $"current-context of the kubeconfig {config.Name}"
                : option;
            throw new LeaseStoreConfigurationException(
                $"{source} is '{name}', which is not a context of the kubeconfig {config.Name}. Use one of: {List(config.Contexts)}.");
        }

        KubeConfigNode cluster = Follow(config.Clusters, context, "cluster", name);
        KubeConfigNode user = Follow(config.Users, context, "user", name);
        TextSource? authority = cluster.DataOrFile("certificate-authority");
        bool skipTlsVerify = cluster.Flag("insecure-skip-tls-verify");
        if (authority is not null && skipTlsVerify)
        {
            throw new LeaseStoreConfigurationException(
                $"{cluster.DescribeKey("insecure-skip-tls-verify")} is true although there is a certificate-authority. "
                + "Remove one of the two.");
        }

        string serverKey = cluster.DescribeKey("server");
        string server = cluster.Text("server")
            ?? throw new LeaseStoreConfigurationException($"{serverKey} is missing. Add the API server's URL.");
        if (authority is not null)
            ClusterFiles.Authorities(cluster.DescribeKey("certificate-authority"), authority);
        string? tlsServerName = TlsServerName(cluster);
        var forPlugins = new ExecCluster
        {
            Server = server,
            TlsServerName = tlsServerName,
            SkipTlsVerify = skipTlsVerify,
            CertificateAuthority = authority,
            ProxyUrl = cluster.Text("proxy-url"),
            Config = PluginConfig(cluster),
        };
        return new KubernetesConnection
        {
            Server = ServerUrl.Parse(serverKey, server),
            Origin = $"kubeconfig {config.Name} context {name}",
            User = KubeConfigUser.Create(user, forPlugins),
            Namespace = context.Text("namespace") ?? "default", // As kubectl takes it.
            CertificateAuthority = authority,
            TlsServerName = tlsServerName,
            SkipTlsVerify = skipTlsVerify,
            Proxy = Proxy(cluster),
        };
    }

    /// <summary>What the cluster's entry has for plugins, whatever it is.</summary>
    private static string? PluginConfig(KubeConfigNode cluster) => cluster.Items("extensions")
        .FirstOrDefault(extension => extension.Text("name") == "client.authentication.k8s.io/exec")?.Json("extension");

    private static string? TlsServerName(KubeConfigNode cluster) => cluster.Text("tls-server-name") switch
    {
        null => null,
        // It goes into the header Host, which takes nothing else, and would refuse it at every request.
        { } name when Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 => name,
        { } name => throw new LeaseStoreConfigurationException(
            $"{cluster.DescribeKey("tls-server-name")} is '{name}', but must be a host name."),
    };

    private static Uri? Proxy(KubeConfigNode cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw new LeaseStoreConfigurationException(
                $"{cluster.DescribeKey("proxy-url")} must be a URL that begins with http://, https:// or socks5://.");
    }

    private static KubeConfigNode Follow(
        Dictionary<string, KubeConfigNode> entries, KubeConfigNode context, string kind, string contextName)
    {
        string name = context.Text(kind) ?? throw new LeaseStoreConfigurationException(
            $"{context.DescribeKey(kind)} is missing: context '{contextName}' must name a {kind}. There are: {List(entries)}.");
        return entries.TryGetValue(name, out KubeConfigNode? entry)
            ? entry
            : throw new LeaseStoreConfigurationException(
                $"{context.DescribeKey(kind)} is '{name}' in context '{contextName}', but there is no such {kind}. "
                + $"There are: {List(entries)}.");
    }

    private static string List(Dictionary<string, KubeConfigNode> entries) =>
        entries.Count == 0 ? "(none)" : string.Join(", ", entries.Keys.Order(StringComparer.Ordinal));
}
