using System.Globalization;
using LeaseElection.Soak.Checking;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Soak.Replicas;

/// <summary>All replicas of the election, each behind a proxy of its own.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    public const string LeaseName = "soak";

    private readonly List<Replica> _replicas = [];
    private readonly SoakOptions _options;

    private ReplicaSet(SoakOptions options, string leaseNamespace)
    {
        _options = options;
        Namespace = leaseNamespace;
    }

    public string Namespace { get; }

    public IReadOnlyList<Replica> All => _replicas;

    /// <summary>Who leads the first election and works at this instant, as far as they have told.</summary>
    public Replica? Leader => _replicas.Find(replica => replica.IsWorking);

    /// <summary>Whether somebody leads each election.</summary>
    public bool AllAreLed() =>
        Enumerable.Range(0, _options.Elections).All(election => _replicas.Exists(replica => replica.IsWorkingFor(election)));

    public static async Task<ReplicaSet> CreateAsync(RealApiServer server, SoakOptions options, string folder)
    {
        var set = new ReplicaSet(options, await server.CreateNamespaceAsync());
        var settings = new Dictionary<string, string>
        {
            ["LeaderElection:LeaseName"] = LeaseName,
            ["LeaderElection:LeaseNamespace"] = set.Namespace,
            ["LeaderElection:LeaseDuration"] = Text(options.LeaseDuration),
            ["LeaderElection:RenewDeadline"] = Text(options.RenewDeadline),
            ["LeaderElection:RetryPeriod"] = Text(options.RetryPeriod),
            ["LeaderElection:Kubernetes:CertificateAuthorityFile"] = server.CertificateAuthorityFile,
            ["Soak:StopTimeout"] = Text(options.StopTimeout),
            ["Soak:Elections"] = options.Elections.ToString(CultureInfo.InvariantCulture),
        };
        for (int number = 0; number < options.Replicas; number++)
        {
            string[] tokens = [await set.NewTokenAsync(server), await set.NewTokenAsync(server)];
            var own = new Dictionary<string, string>(settings)
            {
                // Both ways in which a term goes on, or does not, after work that ended early.
                ["LeaderElection:WhenWorkEnds"] = number % 2 == 0 ? "StepDown" : "Restart",
            };
            if (options.Break && number == 0)
            {
                own["Soak:Break"] = bool.TrueString;
                own["LeaderElection:WhenWorkOverruns"] = "Log";
            }

            set._replicas.Add(new Replica(number, await FaultProxy.StartAsync(server), tokens, folder, own));
        }

        return set;
    }

    public void Refresh()
    {
        foreach (Incarnation incarnation in _replicas.SelectMany(replica => replica.Incarnations.TakeLast(1)))
            incarnation.Refresh();
    }

    /// <summary>Waits until something is so, as far as the replicas have told. Returns whether it came to be in time.</summary>
    public async Task<bool> UntilAsync(Func<bool> condition, TimeSpan within)
    {
        TimeSpan until = SoakClock.Now + within;
        while (true)
        {
            Refresh();
            if (condition())
                return true;
            if (SoakClock.Now > until)
                return false;
            await SoakClock.DelayAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>
    /// Whether every replica lives and has found the lease held when it looked last, by whomever: nobody would take one over that was
    /// deleted or cleared since.
    /// </summary>
    public bool AllKnowOfAHolder() =>
        _replicas.TrueForAll(replica => !replica.Current.HasExited && replica.Current.Refresh().Holder is not null);

    /// <summary>Lets every live process tell what it holds. Returns what each said, by identity.</summary>
    public async Task<IReadOnlyDictionary<string, Vitals>> MeasureAsync()
    {
        var before = _replicas.Where(replica => replica.IsUp).ToDictionary(
            replica => replica.Current, replica => replica.Current.Refresh().Measured.Count);
        foreach (Incarnation incarnation in before.Keys)
            incarnation.Process.Send(ReplicaProgram.Measure);
        await UntilAsync(() => before.All(pair => pair.Key.HasExited || pair.Key.Refresh().Measured.Count > pair.Value), _options.Liveness);
        return before.Where(pair => pair.Key.Refresh().Measured.Count > pair.Value)
            .ToDictionary(pair => pair.Key.Identity, pair => pair.Key.Refresh().Measured[^1]);
    }

    /// <summary>All that happened, of each election.</summary>
    /// <param name="calms">When there was no fault.</param>
    /// <param name="until">When the elections were ended on purpose.</param>
    public IReadOnlyList<History> Histories(IReadOnlyList<Calm> calms, TimeSpan until)
    {
        var pauses = new Pauses(_replicas.SelectMany(replica => replica.Pauses()));
        return [.. Enumerable.Range(0, _options.Elections).Select(election =>
            new History([.. _replicas.SelectMany(replica => replica.Runs(election))], pauses, calms, until))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Replica replica in _replicas)
        {
            foreach (Incarnation incarnation in replica.Incarnations)
                await incarnation.Process.DisposeAsync();
            await replica.Proxy.DisposeAsync();
        }
    }

    private async Task<string> NewTokenAsync(RealApiServer server) =>
        (await server.CreateUserAsync(Namespace, PolicyRule.Leases("get", "create", "update", "watch"))).Token;

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
