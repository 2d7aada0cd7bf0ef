using System.Collections.Concurrent;

namespace LeaseElection.Benchmarks;

/// <summary>
/// A Deployment's rolling update with <c>maxUnavailable: 0</c> and <c>maxSurge: 1</c>, done by hand to real processes: one after the
/// other a new one starts, is waited for until its readiness probe passes, and one of the old is sent SIGTERM, any of them, as the
/// controller knows nothing of leaders.
/// </summary>
internal sealed class Rollout : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<Journal> _journal = new();
    private readonly List<ReplicaProcess> _pods = [];
    private readonly Func<string, IReadOnlyDictionary<string, string>> _environmentOf;
    private readonly string _readyPath;
    private int _made;

    private Rollout(Func<string, IReadOnlyDictionary<string, string>> environmentOf, string readyPath)
    {
        _environmentOf = environmentOf;
        _readyPath = readyPath;
    }

    /// <summary>What every process has told, in order of time.</summary>
    public IReadOnlyList<Journal> Told => [.. _journal.OrderBy(told => told.At)];

    /// <summary>The hand-overs.</summary>
    public IReadOnlyList<Gap> Gaps
    {
        get
        {
            // The last piece of work is cut short by nobody: it has a start without an end.
            Journal[] starts = [.. Told.Where(told => told.Kind == Journal.Started)];
            return [.. starts.Zip(starts.Skip(1), GapBetween)];
        }
    }

    /// <summary>Starts replicas and waits until all are ready and one leads.</summary>
    /// <param name="replicas">How many.</param>
    /// <param name="environmentOf">The environment of a Pod by its name.</param>
    /// <param name="readyPath">The path of the readiness probe.</param>
    public static async Task<Rollout> StartAsync(
        int replicas, Func<string, IReadOnlyDictionary<string, string>> environmentOf, string readyPath)
    {
        var rollout = new Rollout(environmentOf, readyPath);
        for (int i = 0; i < replicas; i++)
            await rollout.AddReadyAsync();
        await UntilAsync(() => Task.FromResult(rollout.Count(Journal.Started) > 0), "some replica to lead");
        return rollout;
    }

    /// <summary>Replaces every Pod there is.</summary>
    public async Task ReplaceAllAsync(Random random)
    {
        ReplicaProcess[] old = [.. _pods];
        random.Shuffle(old);
        foreach (ReplicaProcess pod in old)
        {
            await AddReadyAsync();
            pod.Terminate();
            await pod.WaitForExitAsync();
            _pods.Remove(pod);
            pod.Dispose();
        }

        // The last of the old may have led: the end of its work is not yet the start of the next.
        await UntilAsync(() => Task.FromResult(Count(Journal.Started) > Count(Journal.Stopped)), "a new replica to lead");
    }

    public void Dispose()
    {
        foreach (ReplicaProcess pod in _pods)
            pod.Dispose();
    }

    private async Task AddReadyAsync()
    {
        string name = $"pod-{++_made}";
        var pod = new ReplicaProcess(Replica.WebCommand, name, _environmentOf(name), _journal.Enqueue);
        _pods.Add(pod);
        using var client = new HttpClient { BaseAddress = pod.Address, Timeout = Patience };
        await UntilAsync(() => IsReadyAsync(client), $"{name} to be ready");
    }

    private async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(_readyPath, UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
    }

    private int Count(string kind) => _journal.Count(told => told.Kind == kind);

    private Gap GapBetween(Journal earlier, Journal later)
    {
        Journal? end = Told.FirstOrDefault(
            told => told.Kind == Journal.Stopped && told.Subject == earlier.Subject && told.At >= earlier.At);
        return new Gap(earlier.Subject, later.Subject, end is null ? TimeSpan.MinValue : later.At - end.At);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"Waited {Patience} in vain for {what}.");
            await Task.Delay(ProbePeriod, TimeProvider.System, CancellationToken.None);
        }
    }
}
