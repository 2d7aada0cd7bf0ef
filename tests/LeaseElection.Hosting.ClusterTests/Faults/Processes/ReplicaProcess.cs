using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.ClusterTests.Faults.Processes;

/// <summary>A <see cref="Replica"/> as its parent sees it: its signals, its proxy and what it writes.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = FaultScene.Patience;

    private readonly WorkJournal _journal;
    private readonly string _log;
    private readonly GuardedProcess _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private long _read;

    private ReplicaProcess(string identity, FaultProxy proxy, WorkJournal journal, string log, GuardedProcess process)
    {
        Identity = identity;
        Proxy = proxy;
        _journal = journal;
        _log = log;
        _process = process;
    }

    public string Identity { get; }

    public FaultProxy Proxy { get; }

    /// <summary>When the last write that the server confirmed had arrived at the proxy.</summary>
    public long LastRenewal => Proxy.Requests.Newest.Last(request => request is { Verb: "update" or "create", Status: 200 or 201 }).Arrived;

    public static async Task<ReplicaProcess> StartAsync(
        FaultScene scene, DirectoryInfo folder, string identity, params IEnumerable<string> settings)
    {
        ApiServerUser user = await scene.Server.CreateUserAsync(scene.Namespace, FaultScene.Rights);
        FaultProxy proxy = await FaultProxy.StartAsync(scene.Server);
        string log = Path.Combine(folder.FullName, identity);
        string[] all =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={scene.Namespace}",
            $"Identity={identity}",
            $"Kubernetes:ApiServer={proxy.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={scene.Server.CertificateAuthorityFile}",
            $"LeaseDuration={FaultScene.Lease}",
            $"RenewDeadline={FaultScene.Deadline}",
            $"RenewInterval={FaultScene.Interval}",
            $"RetryPeriod={FaultScene.Interval}",
        ];
        IEnumerable<string> arguments = all.Select(setting => $"--LeaderElection:{setting}").Concat(settings.Select(setting => $"--{setting}"));
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet", [typeof(ReplicaProcess).Assembly.Location, "replica", .. arguments], log);
        return new ReplicaProcess(identity, proxy, scene.Journal, log, process);
    }

    public void Send(UnixSignal signal) => _process.Send(signal);

    public Task PauseAsync() => _process.PauseAsync();

    /// <summary>Waits until the process has ended, and notes that its work has, too.</summary>
    public async Task<int> ExitedAsync()
    {
        int code = await _process.Exited.WaitAsync(Patience);
        long at = WorkJournal.Now;
        Read();
        _journal.Died(Identity, at);
        return code;
    }

    /// <summary>Waits for a line that begins so, and returns its further words.</summary>
    public async Task<string[]> SaysAsync(string word)
    {
        string? said = null;
        await Polling.UntilAsync(
            () =>
            {
                Read();
                lock (_lock)
                    said = _lines.Find(line => line.StartsWith(word + " ", StringComparison.Ordinal));
                return Task.FromResult(said is not null);
            },
            Patience,
            what: $"{Identity} to say {word}; it said:\n{string.Join('\n', Tail())}");
        return said!.Split(' ')[1..];
    }

    /// <summary>Waits until its work runs.</summary>
    public async Task<WorkSpan> WorksAsync(FencingToken after = default)
    {
        WorkSpan? work = null;
        await Polling.UntilAsync(
            () =>
            {
                Read();
                work = _journal.Spans.FirstOrDefault(span => span.Identity == Identity && span.Token > after);
                return Task.FromResult(work is not null);
            },
            Patience,
            what: $"{Identity} to work; it said:\n{string.Join('\n', Tail())}");
        return work!;
    }

    /// <summary>When work of it had ended; <see langword="null"/>: it has not, as far as was read.</summary>
    public long? EndOf(WorkSpan work) => _journal.Spans.Single(span => span.Identity == Identity && span.Token == work.Token).End;

    /// <summary>Takes in what it has written meanwhile.</summary>
    public void Read()
    {
        lock (_lock)
        {
            using var file = new FileStream(_log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            file.Position = _read;
            using var reader = new StreamReader(file);
            string text = reader.ReadToEnd();
            int end = text.LastIndexOf('\n') + 1; // What follows is half a line.
            _read += System.Text.Encoding.UTF8.GetByteCount(text[..end]);
            foreach (string line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!_journal.Read(line))
                    _lines.Add(line);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string[] Tail()
    {
        lock (_lock)
            return [.. _lines.TakeLast(20)];
    }
}
