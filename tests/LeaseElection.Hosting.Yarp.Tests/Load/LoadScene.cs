using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>Three replicas as processes, a real API server, and a Service; what they do is written into one journal.</summary>
internal sealed class LoadScene : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaseelection-load-");
    private readonly List<ReplicaProcess> _alive = [];
    private readonly RealApiServer _server;
    private readonly string _namespace;
    private readonly ApiServerUser _user;
    private int _started;

    private LoadScene(RealApiServer server, string leaseNamespace, ApiServerUser user) =>
        (_server, _namespace, _user) = (server, leaseNamespace, user);

    public Service Service { get; } = new();

    public WorkJournal Journal { get; } = new();

    public static async Task<LoadScene> OpenAsync(RealApiServer server, int replicas)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        var scene = new LoadScene(
            server, leaseNamespace, await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch")));
        await Task.WhenAll(Enumerable.Range(0, replicas).Select(_ => scene.StartAsync()));
        return scene;
    }

    /// <summary>Starts one more, and serves it when it is ready.</summary>
    public async Task StartAsync()
    {
        string identity = $"replica-{Interlocked.Increment(ref _started)}";
        string log = Path.Combine(_folder.FullName, identity);

        // What the package's README says of a killed leader was counted with the former; with the latter no stall costs a term.
        (string duration, string deadline) = LongForm.IsAskedFor ? ("00:00:03", "00:00:02") : ("00:00:06", "00:00:04");
        string[] settings =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={_namespace}",
            $"Identity={identity}",
            $"Kubernetes:ApiServer={_server.Url}",
            $"Kubernetes:TokenFile={_user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={_server.CertificateAuthorityFile}",
            $"LeaseDuration={duration}",
            $"RenewDeadline={deadline}",
            "RenewInterval=00:00:00.5",
            "RetryPeriod=00:00:00.5",
        ];
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet",
            [typeof(LoadScene).Assembly.Location, Replica.Command, .. settings.Select(setting => $"--LeaderElection:{setting}")],
            log);
        var replica = new ReplicaProcess(identity, Journal, log, process);
        lock (_alive)
            _alive.Add(replica);
        await replica.ReadyAsync();
        Service.Add(replica);
    }

    /// <summary>Waits for a term after this one.</summary>
    public async Task<(ReplicaProcess Leader, FencingToken Token)> LeadsAsync(FencingToken after)
    {
        WorkSpan? work = null;
        await Polling.UntilAsync(
            () =>
            {
                ReplicaProcess[] alive = Alive();
                foreach (ReplicaProcess replica in alive)
                    replica.Read();
                work = Journal.Spans.LastOrDefault(span => span.Token > after && span.End is null);
                return Task.FromResult(work is not null);
            },
            Signal.Patience);
        return (Alive().Single(replica => replica.Identity == work!.Identity), work!.Token);
    }

    /// <summary>Has the leader hand over: in an update, by dying, or because somebody wants it to.</summary>
    public async Task EndTermAsync(ReplicaProcess leader, TermEnd end)
    {
        if (end == TermEnd.StepDown)
        {
            (await leader.PostAsync("/step-down", "")).EnsureSuccessStatusCode().Dispose();
            return;
        }

        await Service.RemoveAsync(leader);
        leader.Send(end == TermEnd.Kill ? UnixSignal.Kill : UnixSignal.Terminate);
        await leader.ExitedAsync();
        lock (_alive)
            _alive.Remove(leader);
        await leader.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ReplicaProcess replica in Alive())
            await replica.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private ReplicaProcess[] Alive()
    {
        lock (_alive)
            return [.. _alive];
    }
}
