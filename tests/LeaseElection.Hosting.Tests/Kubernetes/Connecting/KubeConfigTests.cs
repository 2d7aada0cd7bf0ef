using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>What a kubeconfig may say, and what it may not.</summary>
public sealed class KubeConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Everything_Honoured()
    {
        using var authority = new CertificateAuthority();
        Write("sub/ca.pem", authority.Pem);
        Write("sub/token", "t");
        string file = Write("sub/config", Config(
            "server: https://10.0.0.1:6443\n    certificate-authority: ca.pem\n    tls-server-name: api\n    proxy-url: "
                + "socks5://proxy:1080",
            "tokenFile: token"));

        KubernetesConnection connection = Connect(file);

        Assert.Equal(new Uri("https://10.0.0.1:6443"), connection.Server);
        Assert.Equal($"kubeconfig {file} context main", connection.Origin);
        Assert.Equal("shop", connection.Namespace);
        Assert.Equal("api", connection.TlsServerName);
        Assert.Equal(new Uri("socks5://proxy:1080"), connection.Proxy);
        Assert.False(connection.SkipTlsVerify);
        // Relative to the file they stand in, not to the working directory.
        Assert.Equal(InFolder("sub/ca.pem"), connection.CertificateAuthority!.Path);
        Assert.Equal(InFolder("sub/token"), connection.User.Token!.Path);
    }

    /// <summary>Elections of one process share a connection if theirs are the same; each has read the file for itself.</summary>
    [Theory]
    [InlineData("token: secret")]
    [InlineData("token: secret\n    as: me\n    as-groups: [staff, ops]\n    as-user-extra: {reason: [one, two]}")]
    [InlineData("tokenFile: token")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: ./x, args: [a, b], env: [{name: N, value: v}], "
        + "interactiveMode: Never, "
        + "provideClusterInfo: true, installHint: h}")]
    public void Load_Twice_TheSame(string user)
    {
        Write("token", "t");
        string file = Write("config", Config("server: https://10.0.0.1:6443\n    proxy-url: socks5://proxy:1080", user));

        Assert.Equal(Connect(file), Connect(file));
        Assert.Equal(Connect(file).GetHashCode(), Connect(file).GetHashCode());
    }

    [Theory]
    [InlineData("token: secret\n    as: me\n    as-groups: [staff]", "token: secret\n    as: me\n    as-groups: [ops]")]
    [InlineData("token: secret\n    as: me", "token: secret")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: ./x, args: [a], interactiveMode: Never}",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./x, args: [b], interactiveMode: Never}")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: ./x, interactiveMode: Never}",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./x, env: [{name: N, value: v}], interactiveMode: Never}")]
    public void Load_AnotherUser_AnotherConnection(string one, string other)
    {
        KubernetesConnection first = Connect(Write("config", Config("server: https://10.0.0.1:6443", one)));

        Assert.NotEqual(first, Connect(Write("config", Config("server: https://10.0.0.1:6443", other))));
    }

    [Fact]
    public void Load_DataInPlace_Read()
    {
        using var authority = new CertificateAuthority();
        (string certificate, string key) = authority.IssueForClient("me", []);
        string file = Write("config", Config(
            $"server: https://h\n    certificate-authority-data: {Base64(authority.Pem)}",
            $"client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}"));

        KubernetesConnection connection = Connect(file);

        Assert.Equal(authority.Pem, connection.CertificateAuthority!.Read());
        Assert.Equal((certificate, key), (connection.User.ClientCertificate!.Read(), connection.User.ClientKey!.Read()));
    }

    [Fact]
    public void Load_Exec_ReadWhole()
    {
        string file = Write("config", Config("server: https://h", """
            exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: ./bin/login
                  args: [--cluster, "7"]
                  env: [{name: REGION, value: north}]
                  installHint: Get it from the shelf.
                  interactiveMode: IfAvailable
                  provideClusterInfo: true
            """));

        ExecPlugin exec = Connect(file).User.Exec!;

        Assert.Equal(InFolder("bin/login"), exec.Command);
        Assert.Equal(["--cluster", "7"], exec.Arguments);
        Assert.Equal([KeyValuePair.Create("REGION", "north")], exec.Environment);
        Assert.Equal("Get it from the shelf.", exec.InstallHint);
        Assert.Equal("https://h", exec.Cluster!.Server);
        Assert.Equal("client.authentication.k8s.io/v1beta1", exec.ApiVersion);
    }

    [Fact]
    public void Load_ExecWithNulls_AsKubectlAndCloudToolsWriteThem()
    {
        string file = Write("config", Config("server: https://h", """
            exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: gke-gcloud-auth-plugin
                  args: null
                  env: null
                  interactiveMode: Never
                  provideClusterInfo: false
            """));

        ExecPlugin exec = Connect(file).User.Exec!;

        Assert.Equal("gke-gcloud-auth-plugin", exec.Command);
        Assert.Empty(exec.Arguments);
        Assert.Empty(exec.Environment);
    }

    [Fact]
    public void Load_SeveralFiles_FirstWinsPerEntryAndPathsStayWithTheirFile()
    {
        Write("b/token", "t");
        string a = Write("a/config", """
            contexts: [{name: main, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://first"}}]
            """);
        string b = Write("b/config", """
            current-context: main
            clusters: [{name: c, cluster: {server: "https://second", insecure-skip-tls-verify: true}}]
            users: [{name: u, user: {tokenFile: token}}]
            """);

        KubernetesConnection connection = Connect(a, b);

        Assert.Equal("first", connection.Server.Host);
        // The whole entry, not key by key.
        Assert.False(connection.SkipTlsVerify);
        Assert.Equal(InFolder("b/token"), connection.User.Token!.Path);
    }

    [Fact]
    public void Load_Json_IsYamlToo()
    {
        string file = Write("config", """
            {"current-context":"m","contexts":[{"name":"m","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"https://h","insecure-skip-tls-verify":true}}],
             "users":[{"name":"u","user":{"token":"t"}}]}
            """);

        Assert.True(Connect(file).SkipTlsVerify);
    }

    [Fact]
    public void Load_ContextOfTheOption_WinsOverTheCurrentOne()
    {
        string file = Write(
            "config", Config("server: https://h", "token: t") + "\n- name: x\n  context: {cluster: c, user: u, namespace: other}\n");

        Assert.Equal("other", KubeConfigConnection.Create(Load(file), "x", "Context").Namespace);
    }

    [Fact]
    public void Create_UnknownContext_ThrowsWithTheOnesThereAre()
    {
        KubeConfig config = Load(Write("config", Config("server: https://h", "token: t")));

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(
            () => KubeConfigConnection.Create(config, "prod", "LeaseLocks:Kubernetes:Context"));

        Assert.Contains("LeaseLocks:Kubernetes:Context is 'prod'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Use one of: main", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("current-context: main", "current-context: gone", "'gone', which is not a context")]
    [InlineData("current-context: main", "", "has no current-context")]
    [InlineData("cluster: c, user: u", "cluster: gone, user: u", "there is no such cluster. There are: c")]
    [InlineData("cluster: c, user: u", "cluster: c, user: gone", "there is no such user. There are: u")]
    [InlineData("cluster: c, user: u", "cluster: c", "must name a user")]
    [InlineData("server: https://h", "server: http://h", "clear text")]
    [InlineData("server: https://h", "tls-server-name: h", "server in the kubeconfig")]
    [InlineData("server: https://h", "server: https://h\n    certificate-authority: gone.pem", "gone.pem")]
    [InlineData("server: https://h", "server: https://h\n    certificate-authority-data: '***'", "must be base64")]
    [InlineData("server: https://h", "server: https://h\n    insecure-skip-tls-verify: perhaps", "must be true or false")]
    [InlineData("server: https://h", "server: https://h\n    insecure-skip-tls-verify: \"true\"", "is 'true' in quotes")]
    [InlineData("server: https://h", "server: https://h\n    insecure-skip-tls-verify: 'no'", "is 'no' in quotes")]
    [InlineData("server: https://h", "server: https://h\n    proxy-url: proxy:1080", "proxy-url")]
    [InlineData("server: https://h", "server: [https://h]", "must be a text")]
    [InlineData("token: secret", "tokenFile: gone", "gone")]
    [InlineData("token: secret", "{}", "has no credentials")]
    [InlineData("token: secret", "username: admin\n    password: secret", "refused passwords")]
    [InlineData("token: secret", "auth-provider: {name: oidc, config: {id-token: secret}}", "'oidc', whose tokens end within hours")]
    [InlineData(
        "token: secret", "auth-provider: {name: oidc}\n    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}",
        "Remove auth-provider")]
    [InlineData("token: secret", "auth-provider: {name: gcp}", "gke-gcloud-auth-plugin")]
    [InlineData("token: secret", "auth-provider: {name: azure}", "kubelogin convert-kubeconfig")]
    [InlineData("token: secret", "auth-provider: {name: openstack}", "'openstack', which Kubernetes does not have, or no longer")]
    [InlineData("token: secret", "token: secret\n    password: secret", "a token and a password")]
    [InlineData("token: secret", "client-certificate: c.pem", "without its client-key")]
    [InlineData("token: secret", "client-certificate: c.pem\n    client-certificate-data: secret", "Remove one of the two")]
    [InlineData("token: secret", "token: secret\n    as-groups: [staff]", "as-groups in the kubeconfig")]
    [InlineData("token: secret", "token: secret\n    as: [me]", "as in the kubeconfig")]
    [InlineData("token: secret", "token: secret\n    as: me\n    as-groups: [[staff]]", "as-groups in the kubeconfig")]
    [InlineData(
        "token: secret", "token: secret\n    as: me\n    as-user-extra: {reason: rollout}", "as-user-extra.reason in the kubeconfig")]
    [InlineData("token: secret", "token: secret\n    as: \"me\\nadmin\"", "control characters")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "v1alpha1")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1}", "command")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}", "no terminal")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}", "interactiveMode in the kubeconfig")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Rarely}", "'Rarely'")]
    [InlineData(
        "token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, env: [{name: 'a=b'}]}",
        "env[0].name")]
    [InlineData(
        "server: https://h", "server: https://h\n    extensions: [{name: client.authentication.k8s.io/exec, extension: {<<: x}}]",
        "not valid YAML near line")]
    [InlineData("kind: Config", "kind: Secret", "kind in the kubeconfig")]
    [InlineData("apiVersion: v1", "apiVersion: v2", "apiVersion in the kubeconfig")]
    [InlineData("contexts:", "users: []\ncontexts: [{name: main}, {name: main}]\nother:", "two entries with the name 'main'")]
    [InlineData("contexts:", "contexts: {}\nother:", "contexts in the kubeconfig")]
    [InlineData("contexts:", "contexts: [", "not valid YAML near line")]
    public void Create_Wrong_ThrowsWithPlaceAndRule(string right, string wrong, string expected)
    {
        string file = Write("config", Config("server: https://h", "token: secret").Replace(right, wrong, StringComparison.Ordinal));

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Connect(file));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(file, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_AuthorityAndNoVerification_Contradict()
    {
        using var authority = new CertificateAuthority();
        string file = Write("config", Config(
            $"server: https://h\n    insecure-skip-tls-verify: true\n    certificate-authority-data: {Base64(authority.Pem)}", "token: t"));

        Assert.Throws<LeaseStoreConfigurationException>(() => Connect(file));
    }

    [Fact]
    public void Create_SeveralCredentials_ThoseOfTheFileGoBeforeThePlugin()
    {
        using var authority = new CertificateAuthority();
        (string certificate, string key) = authority.IssueForClient("me", []);
        string file = Write("config", Config("server: https://h", $$"""
            client-certificate-data: {{Base64(certificate)}}
                client-key-data: {{Base64(key)}}
                username: admin
                password: x
                exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}
            """));

        ClusterUser user = Connect(file).User;

        Assert.NotNull(user.ClientCertificate);
        Assert.Null(user.Exec);
    }

    [Fact]
    public void Create_TokenBesideATokenFile_CountsWhileThereIsNoFile()
    {
        string file = Write("config", Config("server: https://h", "token: of-the-config\n    tokenFile: token"));

        TextSource token = Connect(file).User.Token!;

        Assert.Equal("of-the-config", token.Read());
        Write("token", "of-the-file");
        Assert.Equal("of-the-file", token.Read());
        Write("token", " \n");
        Assert.Equal("of-the-config", token.Read());
    }

    [Fact]
    public void Create_PluginConfigThatRepeatsItself_Refused()
    {
        // Ten times ten times ... : it is written out, as JSON, and would be 10^12 nodes.
        string levels = string.Join('\n', Enumerable.Range(1, 12).Select(level =>
            $"l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 10))}]"));
        string file = Write("config", $"l0: &l0 x\n{levels}\n" + Config(
            "server: https://h\n    extensions: [{name: client.authentication.k8s.io/exec, extension: *l12}]", "token: t"));

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Connect(file));

        Assert.Contains("extensions[0].extension", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFile_HasNoContext()
    {
        Assert.Throws<LeaseStoreConfigurationException>(() => Connect(Write("config", "")));
    }

    [Fact]
    public void Connection_Printed_NoToken()
    {
        KubernetesConnection connection = Connect(Write("config", Config("server: https://h", "token: secret")));

        Assert.DoesNotContain("secret", connection.ToString(), StringComparison.Ordinal);
    }

    private static string Config(string cluster, string user) => $"""
        apiVersion: v1
        kind: Config
        current-context: main
        clusters:
        - name: c
          cluster:
            {cluster}
        users:
        - name: u
          user:
            {user}
        contexts:
        - name: main
          context: {Braces("cluster: c, user: u, namespace: shop")}
        """;

    private static string Braces(string text) => "{" + text + "}";

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static KubeConfig Load(params string[] files) => KubeConfig.Load(files, "KubeConfig")!;

    private static KubernetesConnection Connect(params string[] files) =>
        KubeConfigConnection.Create(Load(files), wantedContext: null, "Context");

    private string InFolder(string name) => Path.Combine(_folder.Path, name);

    private string Write(string name, string content)
    {
        string path = InFolder(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
