using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>A fake API server with a lease, and a machine that wants to reach it: files and variables of its own.</summary>
internal sealed partial class ConnectionScene : IAsyncDisposable
{
    public const string LeaseName = "settlement";

    private readonly List<ForwardProxy> _proxies = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("lease-election-").FullName;

    private ConnectionScene(FakeKubeApiServer server)
    {
        Server = server;
        (Certificate, Key) = server.Authority.IssueForClient("certified", ["staff"]);
        Directory.CreateDirectory(InFolder("home"));
        Environment["KUBECONFIG"] = InFolder("config");
        foreach (string leaseNamespace in (string[])["default", "shop"])
        {
            server.Leases.AddNamespace(leaseNamespace);
            server.Leases.Create(leaseNamespace, new JsonObject
            {
                ["apiVersion"] = "coordination.k8s.io/v1",
                ["kind"] = "Lease",
                ["metadata"] = new JsonObject { ["name"] = LeaseName },
                ["spec"] = new JsonObject { ["holderIdentity"] = "somebody" },
            });
        }
        foreach (string user in (string[])["made-up", "of-the-file", "certified"])
            Knows(user);
    }

    /// <summary>It knows the tokens <c>made-up</c> and <c>of-the-file</c>, and the certificate's <c>certified</c>.</summary>
    public FakeKubeApiServer Server { get; }

    /// <summary>All variables of the machine but PATH and HOME. KUBECONFIG is the file <c>config</c>.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>PEM of a client certificate.</summary>
    public string Certificate { get; }

    public string Key { get; }

    public string CertificateData => Base64(Certificate);

    public string KeyData => Base64(Key);

    public string ServerUrl => Server.Url.AbsoluteUri.TrimEnd('/');

    /// <summary>What a cluster entry needs, in the braces of a flow mapping.</summary>
    public string Cluster => $"server: \"{ServerUrl}\", certificate-authority-data: {AuthorityData}";

    public string AuthorityData => Base64(Server.Authority.Pem);

    public static async Task<ConnectionScene> StartAsync(IPAddress listens, string pathBase) =>
        new(await FakeKubeApiServer.StartAsync(listens, pathBase));

    public static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A cluster entry with another address of the server, at its port.</summary>
    /// <param name="host">The address or name, in brackets if it needs them.</param>
    /// <param name="more">What the entry says beside.</param>
    public string ClusterAt(string host, string more = "") =>
        $"server: \"https://{host}:{Server.Url.Port}\", certificate-authority-data: {AuthorityData}, {more}";

    /// <summary>A cluster entry whose server is trusted by these.</summary>
    public string ClusterTrusting(params string[] pems) =>
        $"server: \"{Server.Url.AbsoluteUri.TrimEnd('/')}\", certificate-authority-data: {Base64(string.Join('\n', pems))}";

    /// <summary>Starts a proxy that leads to the server, whatever it is asked for.</summary>
    /// <param name="refuses">Whether it refuses instead, as one outside does that is asked for an address inside.</param>
    /// <param name="user">Whom it lets through, <c>user:password</c>; everybody if not given.</param>
    public ForwardProxy StartProxy(bool refuses = false, string? user = null)
    {
        var proxy = new ForwardProxy(Server.Url.Port, refuses, user);
        _proxies.Add(proxy);
        return proxy;
    }

    /// <summary>One more token, or name in a certificate, that is let in.</summary>
    public void Knows(string user) => Server.Users[user] = new FakeUser(user, "get");

    public string InFolder(string name) => Path.Combine(_folder, name);

    /// <summary>Writes the kubeconfig: one cluster, one user, one context.</summary>
    /// <param name="user">The inside of a flow mapping: <c>token: made-up</c>.</param>
    /// <param name="cluster">Likewise; <see cref="Cluster"/> if not given.</param>
    /// <param name="context">What it says beside cluster and user, such as a namespace.</param>
    public void KubeConfig(string user, string? cluster = null, string context = "") => Write("config", $$"""
        apiVersion: v1
        kind: Config
        current-context: main
        clusters: [{name: c, cluster: { {{cluster ?? Cluster}} } }]
        contexts: [{name: main, context: {cluster: c, user: u, {{context}} } }]
        users: [{name: u, user: { {{user}} } }]
        """);

    public string Write(string name, string content)
    {
        string path = InFolder(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>A user that logs in by a plugin: a shell script, which runs in the folder.</summary>
    /// <param name="script">What it does.</param>
    /// <param name="more">What <c>exec</c> says beside, such as <c>interactiveMode: Never</c>.</param>
    /// <param name="version">Of the plugin's interface.</param>
    public string Exec(string script, string more = "interactiveMode: Never", string version = "v1")
    {
        string file = Write("plugin.sh", $"cd '{_folder}'\n{script}\n");
        return $$"""exec: {apiVersion: client.authentication.k8s.io/{{version}}, command: sh, args: ["{{file}}"], {{more}}}""";
    }

    /// <summary>A user whose plugin prints this.</summary>
    public string ExecPrinting(string output, string version = "v1")
    {
        Write("answer", output);
        return Exec("cat answer", version: version);
    }

    /// <summary>
    /// Writes a program of this name and returns its path. Another process does it: what this one still has open for writing when some
    /// other test forks cannot be run.
    /// </summary>
    public string Command(string name, string script)
    {
        string source = Write($"{name}.sh", $"#!/bin/sh\n{script}\n");
        string path = InFolder($"bin/{name}");
        Directory.CreateDirectory(InFolder("bin"));
        using var install = Process.Start("install", ["-m", "755", source, path]);
        install.WaitForExit();
        return path;
    }

    /// <summary>A text without what is different in each run: the folder and the ports.</summary>
    public string Plain(string text) => Port().Replace(text.Replace(_folder + "/", "", StringComparison.Ordinal), "");

    public async ValueTask DisposeAsync()
    {
        foreach (ForwardProxy proxy in _proxies)
            await proxy.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"(?<=//[^/ ']+|127\.0\.0\.1):\d{4,5}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Port();
}
