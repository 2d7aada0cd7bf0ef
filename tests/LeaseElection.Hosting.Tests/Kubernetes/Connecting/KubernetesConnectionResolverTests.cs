using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Which source of a connection wins, and what is said of those that do not apply.</summary>
public sealed class KubernetesConnectionResolverTests : IDisposable
{
    private const string MinimalKubeConfig = """
        apiVersion: v1
        kind: Config
        current-context: {0}
        contexts: [{{name: {0}, context: {{cluster: c, user: u, namespace: space-of-{0}}}}}]
        clusters: [{{name: c, cluster: {{server: "https://{0}.example.com"}}}}]
        users: [{{name: u, user: {{token: t}}}}]
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<string> _tried = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryResolve_NothingThere_NullAndEachSourceSaysWhy()
    {
        Assert.Null(Resolve(new()));

        Assert.Collection(
            _tried,
            line => Assert.Contains("ApiServer is not set", line, StringComparison.Ordinal),
            line => Assert.Contains("KubeConfig is not set", line, StringComparison.Ordinal),
            line => Assert.Contains("KUBECONFIG is not set", line, StringComparison.Ordinal),
            line => Assert.Contains("not in a pod", line, StringComparison.Ordinal),
            line => Assert.Contains(".kube/config does not exist", line, StringComparison.Ordinal));
    }

    [Fact]
    public void TryResolve_Pod_ServiceAccount()
    {
        BeAPod("10.96.0.1");

        KubernetesConnection connection = Resolve(new())!;

        Assert.Equal(new Uri("https://10.96.0.1:443"), connection.Server);
        Assert.Equal("pod-namespace", connection.Namespace);
        Assert.Equal("in-cluster service account", connection.Origin);
        Assert.Equal(Mounted("token"), connection.User.Token!.Path);
        Assert.Equal(Mounted("ca.crt"), connection.CertificateAuthority!.Path);
    }

    [Theory]
    [InlineData("fd00::1")]
    [InlineData("[fd00::1]")]
    public void TryResolve_PodWithIPv6_Bracketed(string host)
    {
        BeAPod(host);

        Assert.Equal("https://[fd00::1]/", Resolve(new())!.Server.AbsoluteUri);
    }

    [Fact]
    public void TryResolve_PodWithoutToken_NotAPod()
    {
        BeAPod("10.96.0.1");
        File.Delete(Mounted("token"));

        Assert.Null(Resolve(new()));
        Assert.Contains(_tried, line => line.Contains("automountServiceAccountToken", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ca.crt", null, "cannot be read")]
    [InlineData("ca.crt", "no pem", "at least one certificate in PEM form")]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be used")]
    [InlineData("token", " \n", "it is empty")]
    [InlineData("token", "secret and more", "nothing else")]
    public void TryResolve_PodWithAWrongFile_ThrowsNamingIt(string file, string? content, string expected)
    {
        BeAPod("10.96.0.1");
        if (content is null)
            File.Delete(Mounted(file));
        else
            File.WriteAllText(Mounted(file), content);

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(new()));

        Assert.Contains(Mounted(file), thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_PodWithOwnTokenAndAuthority_TheyWin()
    {
        BeAPod("10.96.0.1");
        string token = Write("own-token", "t");
        string authority = Write("own-ca", Pem());

        KubernetesConnection connection = Resolve(new() { TokenFile = token, CertificateAuthorityFile = authority })!;

        Assert.Equal((token, authority), (connection.User.Token!.Path, connection.CertificateAuthority!.Path));
    }

    [Fact]
    public void TryResolve_EverythingThere_InThisOrder()
    {
        BeAPod("10.96.0.1");
        Directory.CreateDirectory(Path.Combine(_folder.Path, ".kube"));
        Write(".kube/config", Config("home"));
        _variables["KUBECONFIG"] = Write("variable", Config("variable"));
        var options = new KubernetesStoreOptions { KubeConfig = Write("explicit", Config("explicit")) };

        Assert.Equal("explicit.example.com", Resolve(options)!.Server.Host);
        Assert.Equal("variable.example.com", Resolve(new())!.Server.Host);
        Assert.Equal("server.example.com", Resolve(new() { ApiServer = "https://server.example.com" })!.Server.Host);
        _variables.Remove("KUBECONFIG");
        Assert.Equal("10.96.0.1", Resolve(new())!.Server.Host);
        _variables.Clear();
        Assert.Equal("home.example.com", Resolve(new())!.Server.Host);
        Assert.Null(Resolve(new(), includeHome: false));
        Assert.Contains("only when LeaderElection:Store is Kubernetes", _tried[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_ApiServer_TokenOfThePodAndAuthoritiesOfTheSystem()
    {
        BeAPod("10.96.0.1");

        KubernetesConnection connection = Resolve(new() { ApiServer = "https://[fd00::1]:6443" })!;

        Assert.Equal("https://[fd00::1]:6443/", connection.Server.AbsoluteUri);
        Assert.Equal(Mounted("token"), connection.User.Token!.Path);
        Assert.Null(connection.CertificateAuthority);
        Assert.Equal("pod-namespace", connection.Namespace);
    }

    /// <summary>Another replica may be able to read it, and lead at another cluster.</summary>
    [Fact]
    public void TryResolve_KubeConfigThatCannotBeRead_IsNotTakenForNone()
    {
        BeAPod("10.96.0.1");
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "config")).FullName;
        _variables["KUBECONFIG"] = folder + Path.PathSeparator + Write("other", Config("other"));

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(new()));

        Assert.StartsWith($"The kubeconfig {folder} cannot be read: ", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Whoever names one means a kubeconfig: not the cluster of this pod, and not a file on each machine.</summary>
    [Theory]
    [InlineData(true, "the API server of this pod, which is taken before ~/.kube/config, has no contexts")]
    [InlineData(false, "no kubeconfig was found: ")]
    public void TryResolve_ContextWithoutAKubeConfig_IsRefused(bool isPod, string why)
    {
        if (isPod)
            BeAPod("10.96.0.1");

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(new() { Context = "prod-eu" }));

        Assert.StartsWith("LeaderElection:Kubernetes:Context is 'prod-eu', but ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.1:8080", "clear text")]
    [InlineData("10.0.0.1:6443", "https")]
    [InlineData("https://user:secret@host", "absolute https URL")]
    [InlineData("ftp://host", "https://")]
    [InlineData("https://host?x=1", "absolute https URL")]
    public void TryResolve_ApiServerIsNoHttpsUrl_ThrowsWithTheRule(string server, string rule)
    {
        var options = new KubernetesStoreOptions { ApiServer = server, TokenFile = Write("token", "t") };

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(options));

        Assert.Contains("LeaderElection:Kubernetes:ApiServer", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(rule, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_ApiServerWithoutAnyToken_Throws()
    {
        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(new() { ApiServer = "https://host" }));

        Assert.Contains("LeaderElection:Kubernetes:TokenFile", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TokenFile")]
    [InlineData("CertificateAuthorityFile")]
    public void TryResolve_FileOfAnOptionIsMissing_ThrowsNamingOptionAndFile(string option)
    {
        var options = new KubernetesStoreOptions { ApiServer = "https://host", TokenFile = Write("token", "t") };
        if (option == "TokenFile")
            options.TokenFile = "/no/such/file";
        else
            options.CertificateAuthorityFile = "/no/such/file";

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(options));

        Assert.Contains($"LeaderElection:Kubernetes:{option} is '/no/such/file'", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ApiServer", "KubeConfig")]
    [InlineData("ApiServer", "Context")]
    [InlineData("KubeConfig", "TokenFile")]
    [InlineData("KubeConfig", "CertificateAuthorityFile")]
    public void TryResolve_OptionsThatContradict_Throws(string first, string second)
    {
        var options = new KubernetesStoreOptions();
        foreach (string option in (string[])[first, second])
        {
            string value = option switch { "ApiServer" => "https://host", "KubeConfig" => Write("config", Config("x")), _ => "value" };
            typeof(KubernetesStoreOptions).GetProperty(option)!.SetValue(options, value);
        }

        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(options));

        Assert.Contains($"LeaderElection:Kubernetes:{second}", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Remove one of the two", thrown.Message.Replace("Set one", "Remove one", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_ExplicitKubeConfigMissing_Throws()
    {
        var thrown = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(new() { KubeConfig = "/no/such/config" }));

        Assert.Contains("'/no/such/config', which does not exist", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_VariableNamesMissingFiles_SkippedAndNoted()
    {
        string present = Write("present", Config("present"));
        _variables["KUBECONFIG"] = $"/no/such/a{Path.PathSeparator}{present}";
        Assert.Equal("present.example.com", Resolve(new())!.Server.Host);

        _variables["KUBECONFIG"] = "/no/such/a";
        Assert.Null(Resolve(new()));
        Assert.Contains(_tried, line => line.Contains("names no file that exists: '/no/such/a'", StringComparison.Ordinal));
    }

    private static string Config(string name) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, System.Text.CompositeFormat.Parse(MinimalKubeConfig), name);

    private static string Pem()
    {
        using var authority = new CertificateAuthority();
        return authority.Pem;
    }

    private void BeAPod(string host)
    {
        _variables["KUBERNETES_SERVICE_HOST"] = host;
        _variables["KUBERNETES_SERVICE_PORT"] = "443";
        Directory.CreateDirectory(Mounted(""));
        File.WriteAllText(Mounted("token"), "pod-token\n");
        File.WriteAllText(Mounted("ca.crt"), Pem());
        File.WriteAllText(Mounted("namespace"), "pod-namespace\n");
    }

    private string Mounted(string file) => Path.Combine(_folder.Path, "serviceaccount", file);

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    private KubernetesConnection? Resolve(KubernetesStoreOptions options, bool includeHome = true)
    {
        _tried.Clear();
        ProcessEnvironment environment = TestEnvironment.With() with
        {
            Variable = name => _variables.GetValueOrDefault(name),
            HomeDirectory = _folder.Path,
            ServiceAccountDirectory = Path.Combine(_folder.Path, "serviceaccount"),
        };
        return KubernetesConnectionResolver.TryResolve(options, environment, includeHome, _tried);
    }
}
