using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Credentials.PluginFolder;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes.Credentials;

/// <summary>Plugins are shell scripts here, started as real processes.</summary>
[Collection(nameof(FileLocks))]
public sealed class ExecCredentialSourceTests : IDisposable
{
    /// <summary>For who takes what there is, and cannot wait.</summary>
    private static readonly CancellationToken NoTime = new(canceled: true);

    private static readonly ExecCluster Cluster = new()
    {
        Server = "https://10.0.0.1:6443",
        TlsServerName = "api",
        SkipTlsVerify = true,
        CertificateAuthority = TextSource.Inline("ca", "pem"),
        ProxyUrl = "http://proxy:3128",
        Config = """{"audience":"shop"}""",
    };

    private readonly PluginFolder _folder = new();
    private readonly ShiftedTimeProvider _time = new();
    private readonly RecordingLogger<ExecCredentialSource> _logger = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Get_PluginPrintsAToken_TokenAndOnlyOneRun()
    {
        await using ExecCredentialSource source = Source($"echo run >> runs; echo '{Credential("secret-token")}'");

        Assert.Equal("secret-token", (await source.GetAsync(default)).Token);
        Assert.Equal("secret-token", (await source.GetAsync(default)).Token);

        Assert.Equal(1, _folder.Runs());
        Assert.DoesNotContain(_logger.Lines, line => line.Text.Contains("secret-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_PluginIsGivenArgumentsEnvironmentAndTheCluster()
    {
        await using ExecCredentialSource source = Source(
            $"echo \"$1 $REGION\" > seen; echo \"$KUBERNETES_EXEC_INFO\" > info; echo '{Credential("t")}'", clusterInfo: true);

        await source.GetAsync(default);

        Assert.Equal("--login north\n", await File.ReadAllTextAsync(InFolder("seen")));
        JsonNode info = JsonNode.Parse(await File.ReadAllTextAsync(InFolder("info")))!;
        Assert.Equal(V1, (string?)info["apiVersion"]);
        Assert.Equal("ExecCredential", (string?)info["kind"]);
        Assert.False((bool?)info["spec"]!["interactive"]);
        Assert.Equal(
            """{"server":"https://10.0.0.1:6443","tls-server-name":"api","insecure-skip-tls-verify":true,"certificate-authority-data":"cGVt","""
            + """ "proxy-url":"http://proxy:3128","config":{"audience":"shop"}}""".TrimStart(),
            info["spec"]!["cluster"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_NoClusterInfoWanted_NoneGiven()
    {
        await using ExecCredentialSource source = Source($"echo \"$KUBERNETES_EXEC_INFO\" > info; echo '{Credential("t")}'");

        await source.GetAsync(default);

        Assert.Null(JsonNode.Parse(await File.ReadAllTextAsync(InFolder("info")))!["spec"]!["cluster"]);
    }

    [Fact]
    public async Task Get_Expired_PluginAskedAgain()
    {
        string expires = ExpiresIn(TimeSpan.FromMinutes(5));
        await using ExecCredentialSource source = Source($"echo run >> runs; echo '{Credential("t", expires)}'");

        await source.GetAsync(default);
        _time.Advance(TimeSpan.FromMinutes(4));
        await source.GetAsync(default);
        Assert.Equal(1, _folder.Runs());
        _time.Advance(TimeSpan.FromMinutes(1));
        await source.GetAsync(default);

        Assert.Equal(2, _folder.Runs());
    }

    /// <summary>A renewal has 2.5 s, and what is still good for as long must not cost it that.</summary>
    [Fact]
    public async Task Get_PluginIsSlow_OldTokenWithoutWaitingUntilItExpires()
    {
        string first = Credential("t1", ExpiresIn(TimeSpan.FromMinutes(5)));
        await using ExecCredentialSource source = Source(
            $"echo run >> runs; test -e gate || {{ mkfifo gate; echo '{first}'; exit; }}; cat gate > /dev/null; echo '{Credential("t2")}'");
        Assert.Equal("t1", (await source.GetAsync(default)).Token);

        _time.Advance(TimeSpan.FromMinutes(4.5));
        Assert.Equal("t1", (await source.GetAsync(NoTime)).Token);
        _time.Advance(TimeSpan.FromSeconds(27));
        Assert.Equal("t1", (await source.GetAsync(NoTime)).Token);
        _time.Advance(TimeSpan.FromSeconds(3));
        Task<ClusterCredential> waiting = source.GetAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        await _folder.OpenGateAsync();

        Assert.Equal("t2", (await waiting.WaitAsync(Patience)).Token);
        Assert.Equal(2, _folder.Runs());
    }

    /// <summary>Plugins often keep what they have until it is nearly over: the same certificate must not cost a new connection.</summary>
    [Fact]
    public async Task Get_PluginPrintsTheSameUntilItIsOver_RunOnceInTenSecondsAndTheInstanceKept()
    {
        using var authority = new CertificateAuthority();
        (string certificate, string key) = authority.IssueForClient("certified", []);
        var credential = new JsonObject
        {
            ["apiVersion"] = V1,
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject
            {
                ["clientCertificateData"] = certificate,
                ["clientKeyData"] = key,
                ["expirationTimestamp"] = ExpiresIn(TimeSpan.FromMinutes(5)),
            },
        };
        await File.WriteAllTextAsync(InFolder("credential.json"), credential.ToJsonString());
        await using ExecCredentialSource source = Source("echo run >> runs; cat credential.json");
        ClusterCredential first = await source.GetAsync(default);

        _time.Advance(TimeSpan.FromMinutes(4.5));
        for (int runs = 2; runs <= 3; runs++)
        {
            Assert.Same(first, await source.GetAsync(NoTime));
            await WaitForAsync("ExecPluginAsked", runs);
            Assert.Same(first, await source.GetAsync(NoTime));
            Assert.Equal(runs, _folder.Runs());
            _time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task Renew_AfterARejection_PluginAskedAgainButOnceForAll()
    {
        await using ExecCredentialSource source = Source($"echo run >> runs; printf '{Credential("t%s")}' \"$(wc -l < runs | tr -d ' ')\"");
        ClusterCredential first = await source.GetAsync(default);

        ClusterCredential second = await source.RenewAsync(first, default);
        ClusterCredential third = await source.RenewAsync(first, default);

        Assert.Equal(("t1", "t2", "t2"), (first.Token, second.Token, third.Token));
        Assert.Equal(2, _folder.Runs());
    }

    /// <summary>One server of several, or an Event, was refused: the renewals of all others need not wait for the plugin.</summary>
    [Fact]
    public async Task Renew_PluginIsSlowOrFails_OthersKeepWhatTheyHaveAndWhoWasRefusedHearsWhy()
    {
        string first = Credential("t1", ExpiresIn(TimeSpan.FromMinutes(5)));
        await using ExecCredentialSource source = Source(
            $"test -e gate || {{ mkfifo gate; echo '{first}'; exit; }}; cat gate > /dev/null; echo 'no way' >&2; exit 3");
        ClusterCredential given = await source.GetAsync(default);

        Task<ClusterCredential> refused = source.RenewAsync(given, default).AsTask();
        Assert.Same(given, await source.GetAsync(NoTime));
        await _folder.OpenGateAsync();

        ClusterCredentialException why = await Assert.ThrowsAsync<ClusterCredentialException>(() => refused.WaitAsync(Patience));
        Assert.Contains("no way", why.Message, StringComparison.Ordinal);
        Assert.Same(given, await source.GetAsync(NoTime));
    }

    [Fact]
    public async Task Get_PluginFails_MessageNamesCommandReasonAndHint()
    {
        await using ExecCredentialSource source = Source("echo 'you are not logged in' >&2; exit 3", hint: "Run: cloud login");

        ClusterCredentialException thrown =
            await Assert.ThrowsAsync<ClusterCredentialException>(async () => await source.GetAsync(default));

        foreach (string part in (string[])["'sh'", "code 3", "you are not logged in", "Run: cloud login"])
            Assert.Contains(part, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PluginFailsBeforeTheOldTokenExpires_OldOneKept()
    {
        string expires = ExpiresIn(TimeSpan.FromMinutes(5));
        await using ExecCredentialSource source = Source($"test -e ran && exit 1; touch ran; echo '{Credential("t", expires)}'");
        await source.GetAsync(default);
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(8));

        Assert.Equal("t", (await source.GetAsync(default)).Token);
        await WaitForAsync("ExecPluginFailed");
    }

    [Fact]
    public async Task Get_AuthoritysFileIsGone_OldOneKeptWhileItIsValid()
    {
        string expires = ExpiresIn(TimeSpan.FromMinutes(5));
        string authority = InFolder("ca.crt");
        await File.WriteAllTextAsync(authority, "pem");
        ExecPlugin plugin = Plugin($"echo '{Credential("t", expires)}'", new ExecCluster
        {
            Server = "https://10.0.0.1:6443",
            CertificateAuthority = TextSource.FromFile(authority),
        });
        await using var source = new ExecCredentialSource(plugin, _time, _logger);
        await source.GetAsync(default);
        File.Delete(authority);

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(8));
        Assert.Equal("t", (await source.GetAsync(default)).Token);
        await WaitForAsync("ExecPluginFailed");

        _time.Advance(TimeSpan.FromSeconds(8));
        ClusterCredentialException thrown =
            await Assert.ThrowsAsync<ClusterCredentialException>(async () => await source.GetAsync(default));
        Assert.Contains(authority, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoSuchCommand_MessageNamesIt()
    {
        await using var source = new ExecCredentialSource(
            new ExecPlugin { ApiVersion = V1, Command = "no-such-plugin", InstallHint = "apt install it" }, _time, _logger);

        ClusterCredentialException thrown =
            await Assert.ThrowsAsync<ClusterCredentialException>(async () => await source.GetAsync(default));

        Assert.Contains("no-such-plugin", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("apt install it", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json, but secret-token")]
    [InlineData("{}")]
    [InlineData("[secret-token")]
    [InlineData("a: &a [secret-token]\nb: [*b]")]
    [InlineData("secret-token: \"\\ud800\"")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret-token\ud800"}}""")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus: {token: [secret-token]}")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}""")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret-token","clientKeyData":"x"}}""")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret-token","expirationTimestamp":"soon"}}""")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}""")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"two words secret-token"}}""")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"secret-token"}}""")]
    public async Task Get_PluginPrintsSomethingElse_SaidWithoutRepeatingIt(string output)
    {
        await using ExecCredentialSource source = Source($"echo '{output}'");

        ClusterCredentialException thrown =
            await Assert.ThrowsAsync<ClusterCredentialException>(async () => await source.GetAsync(default));

        Assert.Contains("plugin 'sh'", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", thrown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus:\n  token: t\n  expirationTimestamp: "
        + "2099-01-01T00:00:00Z")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"\u0074","clientCertificateData":"","clientKeyData":""}}""")]
    [InlineData(
        """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":""}}""")]
    [InlineData(
        """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":null}}""")]
    public async Task Get_YamlOrEmptyTexts_AsJsonWithoutThem(string output)
    {
        // By a file: what echo makes of a backslash depends on the shell.
        await File.WriteAllTextAsync(InFolder("answer"), output);
        await using ExecCredentialSource source = Source("cat answer");

        ClusterCredential credential = await source.GetAsync(default);

        Assert.Equal("t", credential.Token);
        Assert.Null(credential.ClientCertificate);
    }

    [Fact]
    public async Task Get_CallerGivesUp_RunGoesOnForTheNextCaller()
    {
        // The plugin waits at a named pipe until the test opens it.
        await using ExecCredentialSource source = Source($"echo run >> runs; mkfifo gate; cat gate > /dev/null; echo '{Credential("t")}'");
        using var impatient = new CancellationTokenSource();
        Task<ClusterCredential> given = source.GetAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        Task<ClusterCredential> waiting = source.GetAsync(default).AsTask();
        await _folder.OpenGateAsync();

        Assert.Equal("t", (await waiting.WaitAsync(Patience)).Token);
        Assert.Equal(1, _folder.Runs());
    }

    [Fact]
    public async Task Dispose_PluginStillRuns_Killed()
    {
        ExecCredentialSource source = Source("mkfifo gate; cat gate > /dev/null; touch survived");
        Task<ClusterCredential> waiting = source.GetAsync(default).AsTask();

        await source.DisposeAsync().AsTask().WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(File.Exists(InFolder("survived")));
    }

    [Fact]
    public async Task Store_PluginGivesAClientCertificate_ServerKnowsTheUser()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        (string certificate, string key) = server.Authority.IssueForClient("certified", []);
        server.Users["certified"] = new FakeUser("certified", "*");
        var credential = new JsonObject
        {
            ["apiVersion"] = V1,
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        };
        await File.WriteAllTextAsync(InFolder("credential.json"), credential.ToJsonString());
        await using KubernetesLeaseStore store =
            new StoreSetup(server) { User = new ClusterUser { Exec = Plugin("cat credential.json") } }.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Store_TokenRejected_PluginAskedAgainAndTheRequestRepeated()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        server.Users["t2"] = new FakeUser("app", "*");
        ExecPlugin plugin = Plugin($"echo run >> runs; printf '{Credential("t%s")}' \"$(wc -l < runs | tr -d ' ')\"");
        await using KubernetesLeaseStore store = new StoreSetup(server) { User = new ClusterUser { Exec = plugin } }.Create();

        await store.CreateLeaseAsync();

        Assert.Equal(["Bearer t1", "Bearer t2"], server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Fact]
    public async Task Store_PluginFails_FailedCredentials()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        await using KubernetesLeaseStore store = new StoreSetup(server) { User = new ClusterUser { Exec = Plugin("exit 1") } }.Create();

        Failed(LeaseStoreErrorKind.Credentials, await store.CreateAsync(Held("a"), Patience, default));
    }

    private ExecCredentialSource Source(string script, bool clusterInfo = false, string? hint = null) =>
        new(Plugin(script, clusterInfo ? Cluster : null, hint), _time, _logger);

    private ExecPlugin Plugin(string script, ExecCluster? cluster = null, string? hint = null) => _folder.Plugin(script, cluster, hint);

    private string InFolder(string name) => _folder.PathOf(name);

    private string ExpiresIn(TimeSpan time) => (_time.GetUtcNow() + time).ToString("O", CultureInfo.InvariantCulture);

    private Task WaitForAsync(string name, int times = 1) =>
        Polling.UntilAsync(() => Task.FromResult(_logger.Lines.Count(line => line.Id.Name == name) >= times), Patience);
}
