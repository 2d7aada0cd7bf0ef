using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>
/// Processes that share partitions over a real API server, and come and go. After each change it waits until all is quiet, and notes how
/// many partitions had to move and how many did, how long one had no owner, and how far shares differ then.
/// </summary>
internal sealed class PartitionFleet : IAsyncDisposable
{
    private static readonly TimeSpan MoveAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Nothing may move for so long before all counts as quiet: longer than a change is waited for before anything moves.
    /// </summary>
    private static readonly TimeSpan Quiet = MoveAfter * 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lease-election-partitions-");
    private readonly List<PartitionProcess> _processes = [];
    private readonly WorkJournal[] _journals;
    private readonly string[] _settings;
    private int _started;

    private PartitionFleet(int count, string[] settings)
    {
        _journals = [.. Enumerable.Range(0, count).Select(_ => new WorkJournal())];
        _settings = settings;
    }

    public List<PartitionStep> Steps { get; } = [];

    public static async Task<PartitionFleet> OpenAsync(RealApiServer server, int count)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        return new PartitionFleet(count,
        [
            "LeaseName=orders",
            $"LeaseNamespace={leaseNamespace}",
            $"Kubernetes:ApiServer={server.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={server.CertificateAuthorityFile}",
            "LeaseDuration=00:00:06",
            "RenewDeadline=00:00:04",
            "RenewInterval=00:00:01",
            "RetryPeriod=00:00:01",
            string.Create(CultureInfo.InvariantCulture, $"Partitions:Count={count}"),
            $"Partitions:MoveAfter={MoveAfter}",
        ]);
    }

    public Task AddAsync() => StepAsync($"replica {_started + 1} comes", StartAsync);

    public Task StopAsync() => StepAsync($"{_processes[0].Identity} is stopped", () => EndAsync(_processes[0], UnixSignal.Terminate));

    public Task KillAsync() => StepAsync($"{_processes[0].Identity} is killed", () => EndAsync(_processes[0], UnixSignal.Kill));

    /// <summary>As a Deployment does it: a new one comes, then an old one goes, until all are new.</summary>
    public async Task RollAsync()
    {
        foreach (PartitionProcess old in _processes.ToArray())
        {
            await StepAsync($"rolling update: replica {_started + 1} comes", StartAsync);
            await StepAsync($"rolling update: {old.Identity} goes", () => EndAsync(old, UnixSignal.Terminate));
        }
    }

    /// <summary>Fails the test if two worked on one partition at once, or anybody acted after his successor's start.</summary>
    public void AssertSound()
    {
        foreach (WorkJournal journal in _journals)
            journal.AssertSound();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PartitionProcess process in _processes)
            await process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        string identity = string.Create(CultureInfo.InvariantCulture, $"r{++_started}");
        _processes.Add(await PartitionProcess.StartAsync(_folder.FullName, identity, _settings, _journals));
    }

    private async Task EndAsync(PartitionProcess process, UnixSignal signal)
    {
        await process.EndAsync(signal);
        _processes.Remove(process);
        await process.DisposeAsync();
    }

    private async Task StepAsync(string what, Func<Task> change)
    {
        string?[] before = Owners();
        int[] begun = Begun();
        await change();
        await SettleAsync();
        string?[] after = Owners();
        int made = Begun().Zip(begun).Sum(both => both.First - both.Second);
        int[] shares = Shares(after);
        Steps.Add(new PartitionStep(what, Needed(before), made, LongestGap(begun), shares.Max() - shares.Min()));
    }

    /// <summary>Until every partition has an owner, shares differ by one at most, and nothing has moved for a while.</summary>
    private async Task SettleAsync()
    {
        long since = WorkJournal.Now;
        int[] last = [];
        await Polling.UntilAsync(
            () =>
            {
                _processes.ForEach(process => process.Read());
                int[] begun = Begun();
                int[] shares = Shares(Owners());
                bool isEven = shares.Sum() == _journals.Length && shares.Max() - shares.Min() <= 1;
                if (!isEven || !begun.SequenceEqual(last))
                    since = WorkJournal.Now;
                last = begun;
                return Task.FromResult(isEven && TimeProvider.System.GetElapsedTime(since) > Quiet);
            },
            Patience,
            () => "even shares; the replicas logged:\n" + string.Join('\n', _processes.Select(process => process.Logged())));
    }

    private string?[] Owners() => [.. _journals.Select(journal => journal.Spans.LastOrDefault(span => span.End is null)?.Identity)];

    private int[] Begun() => [.. _journals.Select(journal => journal.Spans.Count)];

    private int[] Shares(string?[] owners) => [.. _processes.Select(process => owners.Count(owner => owner == process.Identity))];

    /// <summary>
    /// What must move: what nobody present owns, and what each owns above its share; the largest owners keep the larger shares.
    /// </summary>
    private int Needed(string?[] before)
    {
        int[] shares = [.. Shares(before).OrderDescending()];
        int quota = _journals.Length / shares.Length, larger = _journals.Length % shares.Length;
        return _journals.Length - shares.Select((share, i) => Math.Min(share, quota + (i < larger ? 1 : 0))).Sum();
    }

    private TimeSpan LongestGap(int[] begun) => _journals
        .SelectMany((journal, i) => journal.Spans.Skip(Math.Max(begun[i] - 1, 0)).Zip(journal.Spans.Skip(Math.Max(begun[i], 1))))
        .Select(next => next.First.Until(next.Second))
        .DefaultIfEmpty(TimeSpan.Zero)
        .Max();
}
