using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Scheduling.Processes;

/// <summary>A <see cref="ScheduleReplica"/> as its parent sees it.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private readonly string _log;
    private readonly GuardedProcess _process;

    private ReplicaProcess(string identity, string log, GuardedProcess process)
    {
        Identity = identity;
        _log = log;
        _process = process;
    }

    public string Identity { get; }

    public Task<int> Exited => _process.Exited;

    /// <summary>What it has run so far.</summary>
    public IReadOnlyList<SeenRun> Runs =>
        [.. from line in ReadLines()
            where line.StartsWith("ran ", StringComparison.Ordinal)
            let numbers = line.Split(' ')[1..].Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray()
            select new SeenRun(Identity, numbers[0], TimeSpan.FromTicks(numbers[1]), (int)numbers[2], numbers[3])];

    public static async Task<ReplicaProcess> StartAsync(
        RealApiServer server, ApiServerUser user, string leaseNamespace, DirectoryInfo folder, string identity)
    {
        string log = Path.Combine(folder.FullName, identity);
        string[] settings =
        [
            "LeaseName=books",
            $"LeaseNamespace={leaseNamespace}",
            $"Identity={identity}",
            "LeaseDuration=00:00:03",
            "RenewDeadline=00:00:02",
            "RetryPeriod=00:00:00.4",
            $"Kubernetes:ApiServer={server.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={server.CertificateAuthorityFile}",
        ];
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet",
            [typeof(ReplicaProcess).Assembly.Location, ScheduleReplica.Command, .. settings.Select(
                setting => $"--LeaderElection:{setting}")],
            log);
        return new ReplicaProcess(identity, log, process);
    }

    public void Send(UnixSignal signal) => _process.Send(signal);

    /// <summary>Waits until it has seen somebody lead: then it stands by.</summary>
    public Task SeesALeaderAsync(TimeSpan patience) => Polling.UntilAsync(
        () => Task.FromResult(ReadLines().Any(line => line.StartsWith("sees ", StringComparison.Ordinal))),
        patience,
        what: $"{Identity} to see a leader; it wrote:\n{string.Join('\n', ReadLines().TakeLast(20))}");

    public async ValueTask DisposeAsync() => await _process.DisposeAsync();

    /// <summary>Without the last one, which may be half a line.</summary>
    private string[] ReadLines()
    {
        using var file = new FileStream(_log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n')[..^1];
    }
}
