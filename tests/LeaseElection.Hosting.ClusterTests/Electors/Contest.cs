using System.Globalization;
using LeaseElection.DistributedLock;
using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Hosting.ClusterTests.Kubernetes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>One lease in a namespace of its own, and whoever stands for it.</summary>
internal sealed class Contest : IAsyncDisposable
{
    public const string LeaseName = "settlement";

    /// <summary>For failure only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RealApiServer _server;
    private readonly ApiServerUser _ours;
    private readonly ApiServerUser _theirs;
    private readonly string _namespace;
    private readonly ElectorCommands _commands;
    private readonly Stack<IAsyncDisposable> _candidates = new();
    private int _made;

    private Contest(RealApiServer server, ApiServerUser ours, ApiServerUser theirs, string leaseNamespace)
    {
        _server = server;
        _ours = ours;
        _theirs = theirs;
        _namespace = leaseNamespace;
        _commands = new ElectorCommands(server, leaseNamespace, LeaseName);
        Lease = new ContestedLease(server, LeaseName, leaseNamespace);
    }

    public ContestedLease Lease { get; }

    /// <summary>Who worked when, of all of them.</summary>
    public WorkJournal Journal { get; } = new();

    /// <summary>What the command lines of the next processes begin with, to have them run elsewhere than here.</summary>
    public IReadOnlyList<string> Enter { get; set; } = [];

    public static async Task<Contest> StartAsync(RealApiServer server)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser ours = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        ApiServerUser theirs = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update"));
        return new Contest(server, ours, theirs, leaseNamespace);
    }

    /// <summary>The lease as the store of a third party sees it, who stands for nothing.</summary>
    public KubernetesLeaseStore Look() => new(
        KubernetesConnectionResolver.TryResolve(
            new KubernetesStoreOptions { KubeConfig = _server.AdminKubeConfigFile }, ProcessEnvironment.Current, false, [])!
            .WithPatience(),
        _namespace,
        LeaseName,
        TimeProvider.System,
        NullLogger<KubernetesLeaseStore>.Instance);

    /// <summary>From now on the API server refuses ours, and only ours.</summary>
    public Task RevokeOursAsync() => _server.RevokeAsync(_ours, _namespace);

    /// <summary>One of ours, in this process, whose work takes so long to stop, and with a clock of its own if it is given one.</summary>
    public async Task<OwnCandidate> OursAsync(
        Action<LeaderElectionOptions> configure, TimeSpan stopsIn = default, TimeProvider? time = null)
    {
        string identity = Name("ours");
        ClusterHost host = await ClusterHost.StartAsync(
            _server,
            _ours,
            _namespace,
            options =>
            {
                options.LeaseName = LeaseName;
                options.Identity = identity;
                configure(options);
            },
            election =>
            {
                if (time is not null)
                    election.Services.AddKeyedSingleton(LeaderElectionOptions.TimeProviderKey, time);
                election.AddWork(async (_, term, stoppingToken) =>
                {
                    using var late = new CancellationTokenSource();
                    await using (stoppingToken.Register(() => late.CancelAfter(stopsIn)))
                        await Journal.WorkAsync(term, late.Token);
                });
            });
        var candidate = new OwnCandidate(identity, host);
        _candidates.Push(candidate);
        return candidate;
    }

    /// <summary>Locks of ours, in this process.</summary>
    public LeaseLockProvider Locks(Action<LeaderElectionOptions> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLeaseLocks(options =>
        {
            options.LeaseNamespace = _namespace;
            options.Identity = Name("lock");
            options.Kubernetes.ApiServer = _server.Url.ToString();
            options.Kubernetes.TokenFile = _ours.TokenFile;
            options.Kubernetes.CertificateAuthorityFile = _server.CertificateAuthorityFile;
            configure(options);
        });
        IHost host = builder.Build();
        _candidates.Push((IAsyncDisposable)host);
        return host.Services.GetRequiredService<LeaseLockProvider>();
    }

    /// <summary>One of ours, as a process; <see cref="Candidate"/>, unless <paramref name="command"/> is another's.</summary>
    public Task<ElectorProcess> OurProcessAsync(ElectorTimings timings, string command = Candidate.Command) => AddAsync(
        "ours", identity => _commands.Ours(typeof(Contest).Assembly.Location, _ours, identity, timings, command));

    /// <summary>One of a kind that is not ours.</summary>
    public Task<ElectorProcess> TheirsAsync(string kind, ElectorTimings timings, bool release = true) => kind switch
    {
        "python" => PythonAsync(timings),
        "kubernetes-client" => KubernetesClientAsync(timings),
        _ => ClientGoAsync(timings, release, kind),
    };

    /// <summary>One of client-go's, today's unless another is named.</summary>
    public Task<ElectorProcess> ClientGoAsync(ElectorTimings timings, bool release = true, string kind = "client-go") =>
        AddAsync(kind, identity => _commands.ClientGo(_theirs, identity, timings, release, kind));

    /// <summary>One of KubernetesClient's.</summary>
    public Task<ElectorProcess> KubernetesClientAsync(ElectorTimings timings) =>
        AddAsync("kubernetes-client", identity => _commands.KubernetesClient(_theirs, identity, timings));

    /// <summary>One of the Python client's.</summary>
    public Task<ElectorProcess> PythonAsync(ElectorTimings timings) =>
        AddAsync("python", identity => _commands.Python(_theirs, identity, timings));

    /// <summary>Runs the Python client once and returns what it prints.</summary>
    public async Task<string> PythonAsync(string command, params string[] arguments)
    {
        await using ElectorProcess python = await ElectorProcess.StartAsync(
            command, [ElectorPrograms.PathOf("python"), command, .. _commands.Where(_theirs, arguments)]);
        return string.Join('\n', await python.ExitedAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable candidate in _candidates)
            await candidate.DisposeAsync();
    }

    /// <summary>The first work of a candidate, or its first after another, as soon as it has begun.</summary>
    public Task<WorkSpan> StartsAsync(string identity, WorkSpan? after = null) => SpanAsync(
        span => span.Identity == identity && !(span.Token <= after?.Token), $"start of {identity}");

    /// <summary>The same work, as soon as it has ended.</summary>
    public Task<WorkSpan> EndsAsync(WorkSpan work) => SpanAsync(
        span => span.Identity == work.Identity && span.Token == work.Token && span.End is not null, $"end of {work}");

    /// <summary>The first piece of work that satisfies the condition.</summary>
    public async Task<WorkSpan> SpanAsync(Func<WorkSpan, bool> condition, string what)
    {
        WorkSpan? found = null;
        try
        {
            await Polling.UntilAsync(
                () =>
                {
                    Collect();
                    found = Journal.Spans.FirstOrDefault(condition);
                    return Task.FromResult(found is not null);
                },
                Patience);
        }
        catch (TimeoutException exception)
        {
            IEnumerable<string> said =
                _candidates.OfType<ElectorProcess>().SelectMany(process => process.Lines.Prepend($"{process.Identity} said:"));
            throw new TimeoutException($"{what}; noted:\n{string.Join('\n', Journal.Spans)}\n{string.Join('\n', said)}", exception);
        }

        return found!;
    }

    /// <summary>Lets so much time pass. Fails if somebody else has begun to work meanwhile.</summary>
    public async Task LeadsOnAsync(WorkSpan work, TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System, CancellationToken.None);
        Collect();
        work = Journal.Spans.Single(span => span.Token == work.Token);
        string[] others =
        [
            .. from span in Journal.Spans
               where span.Token > work.Token
               let after = TimeProvider.System.GetElapsedTime(work.Start, span.Start).TotalSeconds
               let both = span.OverlapWith(work).TotalSeconds
               select Invariant($"{span.Identity} {after:0.0} s after {work.Identity}, and beside it for {both:0.000} s"),
        ];
        Assert.True(others.Length == 0, string.Join('\n', others));
    }

    /// <summary>Fails unless nobody ever worked beside another and every term's token was greater than the one before.</summary>
    public WorkReport AssertSound()
    {
        Collect();
        return Journal.AssertSound();
    }

    /// <summary>Takes in what the processes have said meanwhile.</summary>
    public void Collect()
    {
        foreach (ElectorProcess process in _candidates.OfType<ElectorProcess>())
            process.Collect(Journal);
    }

    private async Task<ElectorProcess> AddAsync(string kind, Func<string, string[]> commandOf)
    {
        string identity = Name(kind);
        ElectorProcess process = await ElectorProcess.StartAsync(identity, [.. Enter, .. commandOf(identity)]);
        _candidates.Push(process);
        return process;
    }

    private string Name(string kind) => Invariant($"{kind}-{Interlocked.Increment(ref _made)}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
