using System.Globalization;
using LeaseElection.Soak.Checking;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Soak.Replicas;

/// <summary>One of the replicas: a proxy and a token file of its own, and a process that may be replaced, as a pod's may.</summary>
internal sealed class Replica(
    int number, FaultProxy proxy, IReadOnlyList<string> tokens, string folder, IReadOnlyDictionary<string, string> settings)
{
    private readonly List<Incarnation> _incarnations = [];
    private readonly string _tokenFile = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"replica-{number}.token"));
    private int _rotations;

    public int Number => number;

    public FaultProxy Proxy => proxy;

    /// <summary>
    /// One replica is never ended, nor frozen, after which hosts may stop themselves: so that what it holds after an hour can be
    /// compared with what it held before.
    /// </summary>
    public bool IsLongLived => number == 0;

    /// <summary>The present process; the last one when there is none.</summary>
    public Incarnation Current => _incarnations[^1];

    public IReadOnlyList<Incarnation> Incarnations => _incarnations;

    /// <summary>Whether a fault has it at present, so that no second one may.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether its work of the first election runs at this instant, as far as it has told.</summary>
    public bool IsWorking => IsWorkingFor(0);

    /// <summary>Whether its process takes signals.</summary>
    public bool IsUp => Current.IsUp;

    public bool IsFrozen { get; private set; }

    public async Task StartAsync(int seed)
    {
        if (_incarnations.Count == 0)
            await RotateTokenAsync();
        string identity = string.Create(CultureInfo.InvariantCulture, $"replica-{number}-{_incarnations.Count}");
        string FileOf(string kind) => Path.Combine(folder, $"{identity}.{kind}");
        var own = new Dictionary<string, string>(settings)
        {
            ["LeaderElection:Identity"] = identity,
            ["LeaderElection:Kubernetes:ApiServer"] = proxy.Url.ToString(),
            ["LeaderElection:Kubernetes:TokenFile"] = _tokenFile,
            ["Soak:Journal"] = FileOf("journal"),
            ["Soak:Vitals"] = FileOf("vitals"),
            ["Soak:Seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["Soak:Steady"] = IsLongLived.ToString(),
        };
        GuardedProcess process = await GuardedProcess.StartAsync(
            OwnProgram.FileName,
            [.. OwnProgram.FirstArguments, "replica", .. own.Select(setting => $"--{setting.Key}={setting.Value}")],
            FileOf("log"));
        _incarnations.Add(new Incarnation(identity, process, FileOf("journal"), FileOf("vitals"), FileOf("log")));
    }

    /// <summary>Whether its work of an election runs at this instant, as far as it has told.</summary>
    public bool IsWorkingFor(int election) => !Current.HasExited && !IsFrozen && Current.Journals.Of(election).Running is not null;

    /// <summary>Writes the next token into its file: another user's, of the same rights.</summary>
    public Task RotateTokenAsync() => File.WriteAllTextAsync(_tokenFile, tokens[++_rotations % tokens.Count]);

    /// <summary>Kills it; it is gone on return.</summary>
    public async Task KillAsync()
    {
        Current.Process.Send(UnixSignal.Kill);
        await Current.EndAsync();
    }

    /// <summary>Freezes it for a while.</summary>
    public async Task FreezeAsync(TimeSpan time)
    {
        TimeSpan from = SoakClock.Now;
        await Current.Process.PauseAsync();
        IsFrozen = true;
        await SoakClock.DelayAsync(time);
        Current.Process.Send(UnixSignal.Continue);
        Current.Freezes.Add(new Span(from, SoakClock.Now));
        IsFrozen = false;
    }

    /// <summary>All that its processes have told of an election, for good.</summary>
    public IEnumerable<WorkRun> Runs(int election) =>
        _incarnations.SelectMany(incarnation => incarnation.Journals.Of(election).Runs(incarnation.Gone ?? SoakClock.Now));

    /// <summary>When its processes did not run.</summary>
    public IEnumerable<(string Identity, Span Span)> Pauses() =>
        from incarnation in _incarnations
        from pause in incarnation.Refresh().Pauses.Concat(incarnation.Freezes)
        select (incarnation.Identity, pause);

    public IEnumerable<string> Damage() => _incarnations.SelectMany(incarnation => incarnation.Journals.Damage);
}
