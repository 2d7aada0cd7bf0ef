using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>The replicas of one election against one API server.</summary>
internal sealed class ReplicaSet : IDisposable
{
    private const string LeaseName = "failover";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Channel<Journal> _journal = Channel.CreateUnbounded<Journal>();
    private readonly Dictionary<string, ReplicaProcess> _running = [];
    private readonly Dictionary<string, string> _seenBy = [];
    private readonly RealApiServer _server;
    private readonly string _namespace;
    private readonly FailoverOptions _options;
    private readonly Dictionary<string, string> _environment;
    private readonly string _command;
    private readonly string? _program;
    private int _made;

    private ReplicaSet(
        RealApiServer server, string leaseNamespace, ApiServerUser user, FailoverOptions options, string command, string way,
        string? program)
    {
        _command = command;
        _program = program;
        _server = server;
        _namespace = leaseNamespace;
        _options = options;
        _environment = new Dictionary<string, string>
        {
            ["LeaderElection__LeaseName"] = LeaseName,
            ["LeaderElection__LeaseNamespace"] = leaseNamespace,
            ["LeaderElection__LeaseDuration"] = Duration(options.Lease),
            ["LeaderElection__RenewDeadline"] = Duration(options.Deadline),
            ["LeaderElection__RetryPeriod"] = Duration(options.Retry),
        };
        string prefix = way == Replica.DefaultWay ? "LeaderElection__Kubernetes__" : Replica.KubernetesClientPrefix;
        _environment[prefix + "ApiServer"] = server.Url.ToString();
        _environment[prefix + "TokenFile"] = user.TokenFile;
        _environment[prefix + "CertificateAuthorityFile"] = server.CertificateAuthorityFile;
        if (options.Announce == 0)
            return;
        _environment["LeaderElection__Kubernetes__PublishEvents"] = "true";
        _environment["LeaderElection__Kubernetes__LabelLeaderPod"] = "true";
        _environment["POD_NAMESPACE"] = leaseNamespace;
    }

    public ReplicaProcess Leader { get; private set; } = null!;

    public IEnumerable<ReplicaProcess> Running => _running.Values;

    /// <summary>
    /// Starts them; <paramref name="command"/> is what each of them runs, <paramref name="way"/> how it reaches the server, and
    /// <paramref name="program"/> this program as another commit has it.
    /// </summary>
    public static async Task<ReplicaSet> StartAsync(
        RealApiServer server, FailoverOptions options, string command = Replica.Command, string way = Replica.DefaultWay,
        string? program = null)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(
            leaseNamespace,
            PolicyRule.Leases("get", "create", "update", "watch"),
            new PolicyRule("", "events", "create"),
            new PolicyRule("", "pods", "patch"));
        var set = new ReplicaSet(server, leaseNamespace, user, options, command, way, program);
        for (int i = 0; i < options.Replicas; i++)
            await set.AddAsync();
        set.Leader = set._running[(await set.NextAsync(Journal.Started)).Subject];
        await set.SettleAsync();
        return set;
    }

    /// <summary>The next event of a kind, whoever tells it.</summary>
    public async Task<Journal> NextAsync(string kind)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            Journal told = await _journal.Reader.ReadAsync(patience.Token);
            if (told.Kind == kind)
                return told;
        }
    }

    /// <summary>Somebody else leads, and who led stands by: waits until every replica knows.</summary>
    public Task SteppedDownAsync(string successor)
    {
        Leader = _running[successor];
        return SettleAsync();
    }

    /// <summary>Somebody else leads: replaces the process that ended and waits until every replica knows.</summary>
    public async Task HandedOverAsync(string successor)
    {
        await Leader.WaitForExitAsync();
        _running.Remove(Leader.Name);
        Leader.Dispose();
        Leader = _running[successor];
        await AddAsync();
        await SettleAsync();
    }

    /// <summary>When the leader wrote its last renewal, by its own clock, which is that of all processes here.</summary>
    public async Task<DateTimeOffset> RenewTimeAsync()
    {
        string text = await _server.KubectlAsync(
            null, "get", "lease", LeaseName, "-n", _namespace, "-o", "jsonpath={.spec.renewTime}");
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    /// <summary>Lets a random part of the renewal interval pass, so that signals come at every phase of it.</summary>
    public Task DriftAsync()
    {
        var drift = TimeSpan.FromSeconds(_options.Settle + (_options.Lease / 5.0 * Random.Shared.NextDouble()));
        return Task.Delay(drift, TimeProvider.System, CancellationToken.None);
    }

    public void Dispose()
    {
        foreach (ReplicaProcess replica in _running.Values)
            replica.Dispose();
    }

    private async Task AddAsync()
    {
        string pod = $"replica-{++_made}";
        if (_options.Announce != 0)
            await _server.KubectlAsync(null, "run", pod, "--image=example.org/replica", "-n", _namespace);

        // As the default identity, so that its successor knows its Pod.
        string identity = $"{pod}_00000000";
        var environment = new Dictionary<string, string>(_environment) { ["POD_NAME"] = pod, ["LeaderElection__Identity"] = identity };
        _running[identity] = new ReplicaProcess(_command, identity, environment, told => Note(identity, told), _program);
    }

    /// <summary>Waits until every replica has seen the leader.</summary>
    private async Task SettleAsync()
    {
        while (true)
        {
            lock (_seenBy)
            {
                if (_running.Keys.All(identity => _seenBy.GetValueOrDefault(identity) == Leader.Name))
                    return;
            }

            await NextAsync(Journal.Seen);
        }
    }

    private static string Duration(int seconds) => TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);

    /// <summary>Notes whom a replica sees, and passes everything on.</summary>
    private void Note(string identity, Journal told)
    {
        if (told.Kind == Journal.Seen)
        {
            lock (_seenBy)
                _seenBy[identity] = told.Subject;
        }

        _journal.Writer.TryWrite(told);
    }
}
