using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Authentication;
using LeaseElection.Hosting.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>A namespace of the real API server, a proxy before it, and the files by which an app finds it.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    private static readonly PolicyRule Rights = PolicyRule.Leases("get", "create", "update", "watch");
    private readonly TemporaryFolder _folder = new();

    private Surroundings(RealApiServer server, string leaseNamespace, ApiServerUser user, FaultProxy proxy)
    {
        Server = server;
        Namespace = leaseNamespace;
        User = user;
        Proxy = proxy;
        File.WriteAllText(TokenFile, user.Token);
        File.WriteAllText(AuthorityFile, server.CertificateAuthorityPem);
        File.WriteAllText(PathOf("namespace"), leaseNamespace);
    }

    public RealApiServer Server { get; }

    public FaultProxy Proxy { get; }

    public string Namespace { get; }

    /// <summary>Whose token it is at present.</summary>
    public ApiServerUser User { get; private set; }

    /// <summary>What the kubelet mounts.</summary>
    public string Folder => _folder.Path;

    public string TokenFile => PathOf("token");

    public string AuthorityFile => PathOf("ca.crt");

    public static async Task<Surroundings> OpenAsync(RealApiServer server)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, Rights);
        return new Surroundings(server, leaseNamespace, user, await FaultProxy.StartAsync(server));
    }

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <summary>What <see cref="KubernetesClientConfiguration.InClusterConfig"/> makes in a Pod.</summary>
    public KubernetesClientConfiguration Configuration() => new()
    {
        Host = Proxy.Url.ToString(),
        Namespace = Namespace,
        TokenProvider = new TokenFileAuth(TokenFile),
        SslCaCerts = Authorities(),
    };

    public X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(AuthorityFile);
        return authorities;
    }

    /// <summary>Writes a kubeconfig with one context.</summary>
    /// <param name="user">YAML of the user.</param>
    /// <param name="server">The proxy if not given.</param>
    public string WriteKubeConfig(string user, Uri? server = null)
    {
        string path = PathOf("config");
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{ name: test, cluster: { server: "{{server ?? Proxy.Url}}", certificate-authority: ca.crt } }]
            users: [{ name: user, user: { {{user}} } }]
            contexts: [{ name: test, context: { cluster: test, user: user, namespace: {{Namespace}} } }]
            """);
        return path;
    }

    /// <summary>
    /// Writes a kubeconfig with an exec plugin, which says what the token file says and writes a line each time it is asked.
    /// </summary>
    public string WriteKubeConfigWithPlugin()
    {
        string path = PathOf("plugin");
        File.WriteAllText(path, $$"""
            #!/bin/sh
            echo asked >> {{PathOf("asked")}}
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"} }' "$(cat {{TokenFile}})"
            """);
        return WriteKubeConfig(
            $"exec: {{ apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [{path}] }}");
    }

    public int PluginAsked() => File.ReadLines(PathOf("asked")).Count();

    /// <summary>Another token in the same file; the one before expires.</summary>
    public async Task RotateTokenAsync()
    {
        ApiServerUser before = User;
        User = await Server.CreateUserAsync(Namespace, Rights);
        await File.WriteAllTextAsync(TokenFile, User.Token);
        Proxy.Expire(before.Token);
    }

    /// <summary>Another authority in the same file; connections are to be made again.</summary>
    public async Task RotateAuthorityAsync()
    {
        using var authority = new CertificateAuthority();
        await File.WriteAllTextAsync(AuthorityFile, authority.Pem);
        Proxy.Present(authority);
        Proxy.ResetConnections();
    }

    /// <summary>Waits until a write with the token of the present is confirmed that arrived after this.</summary>
    public async Task RenewsAsync()
    {
        long now = TimeProvider.System.GetTimestamp();
        await Polling.UntilAsync(
            () =>
                Task.FromResult(Proxy.Requests.Newest.Any(request => request is { Verb: "update", Status: 200 } && request.Arrived > now)),
            Signal.Patience, what: "a renewal");
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _folder.Dispose();
    }
}
