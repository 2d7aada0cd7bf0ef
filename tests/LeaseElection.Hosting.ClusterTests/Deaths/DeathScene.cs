using System.Text.Json.Nodes;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.ClusterTests.Deaths;

/// <summary>Replicas in Pods of the real API server, of which a test is the kubelet: real processes, killed for real.</summary>
internal sealed class DeathScene : IAsyncDisposable
{
    public static readonly PolicyRule Leases = PolicyRule.Leases("get", "create", "update", "watch");
    public static readonly PolicyRule Pods = new("", "pods", "get", "watch");
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly RealApiServer _server;
    private readonly string _namespace;
    private readonly ApiServerUser _user;
    private readonly string[] _settings;
    private readonly List<TestKubelet> _kubelets = [];
    private readonly Dictionary<TestKubelet, string> _logs = [];
    private int _processes;

    private DeathScene(RealApiServer server, string @namespace, ApiServerUser user, string[] settings)
    {
        _settings = settings;
        _server = server;
        _namespace = @namespace;
        _user = user;
    }

    /// <param name="server">The API server.</param>
    /// <param name="rights">What the replicas may do.</param>
    /// <param name="settings">More settings of theirs: <c>LeaseDuration=00:00:06</c>.</param>
    public static async Task<DeathScene> OpenAsync(RealApiServer server, PolicyRule[] rights, params string[] settings)
    {
        string @namespace = await server.CreateNamespaceAsync();
        return new DeathScene(server, @namespace, await server.CreateUserAsync(@namespace, rights), settings);
    }

    /// <summary>Creates a Pod, and runs a replica in it.</summary>
    public async Task<TestKubelet> AddAsync(string name, JsonObject? spec = null)
    {
        var kubelet = new TestKubelet(_server, _namespace, name);
        _kubelets.Add(kubelet);
        await kubelet.CreateAsync(spec);
        await StartAsync(kubelet);
        return kubelet;
    }

    /// <summary>Runs a replica in the Pod's next container.</summary>
    public Task StartAsync(TestKubelet kubelet) => kubelet.StartAsync(() =>
    {
        string[] settings =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={_namespace}",
            $"Kubernetes:ApiServer={_server.Url}",
            $"Kubernetes:TokenFile={_user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={_server.CertificateAuthorityFile}",
            "Kubernetes:TakeOverFromTerminated=true",
            "Kubernetes:ContainerName=app",
            .. _settings,
        ];
        string log = Path.Combine(_folder.FullName, $"{++_processes}-{kubelet.Pod}");
        _logs[kubelet] = log;
        return GuardedProcess.StartAsync(
            "env",
            [
                $"POD_NAME={kubelet.Pod}", $"POD_UID={kubelet.Uid}", $"POD_NAMESPACE={_namespace}",
                "Logging__LogLevel__LeaseElection=Debug", "dotnet",
                typeof(DeathScene).Assembly.Location, "replica", .. settings.Select(setting => $"--LeaderElection:{setting}"),
            ],
            log);
    });

    public Task LeadsAsync(TestKubelet kubelet) => SaysAsync(kubelet, "became leader");

    /// <summary>Waits until the replica follows the Pod of the leader, and has looked at it once.</summary>
    public Task FollowsAsync(TestKubelet standby, TestKubelet leader) =>
        SaysAsync(standby, $"Of pod {_namespace}/{leader.Pod}: the container runs");

    public async Task SaysAsync(TestKubelet kubelet, string text) => await Polling.UntilAsync(
        async () => (await LogOf(kubelet)).Contains(text, StringComparison.Ordinal), Patience,
        what: $"{kubelet.Pod} to say '{text}':\n{await LogOf(kubelet)}");

    public async Task<bool> HasSaidAsync(TestKubelet kubelet, string text) =>
        (await LogOf(kubelet)).Contains(text, StringComparison.Ordinal);

    /// <summary>Waits until work of the replica has started, and tells how long after this timestamp that was.</summary>
    public async Task<TimeSpan> TimeToWorkAsync(TestKubelet kubelet, long since)
    {
        WorkLine? start = null;
        await Polling.UntilAsync(
            async () => (
                start = (await LogOf(kubelet)).Split('\n').Select(WorkLine.Parse).FirstOrDefault(
                    line => line?.Kind == WorkLine.Start)) is not null,
            Patience, what: $"work of {kubelet.Pod}");
        return TimeProvider.System.GetElapsedTime(since, start!.At);
    }

    public Task<string> NoteAsync() => _server.KubectlAsync(
        null, "get", "lease", "settlement", "-n", _namespace, "-o",
        $"jsonpath={{.metadata.annotations.term\\.leaseelection\\.dev/{HolderProcess.Note}}}");

    public async Task<string> LogOf(TestKubelet kubelet) =>
        _logs.TryGetValue(kubelet, out string? log) && File.Exists(log)
            ? string.Join('\n', (await File.ReadAllLinesAsync(log)).Where(line => !line.StartsWith("act", StringComparison.Ordinal)))
            : "";

    public async ValueTask DisposeAsync()
    {
        foreach (TestKubelet kubelet in _kubelets)
            await kubelet.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
