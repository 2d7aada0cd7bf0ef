using System.Collections.Concurrent;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work on partitions that a test counts, and ends by hand if it likes.</summary>
internal sealed class PartitionRuns
{
    private readonly Signal _signal = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<LeadershipTerm, bool> _terms = new();
    private int _running;
    private int _told;

    /// <summary>Whether it returns by itself when its token fires.</summary>
    public bool Obeys { get; set; } = true;

    public int Running => Volatile.Read(ref _running);

    /// <summary>How many have been told to stop.</summary>
    public int Told => Volatile.Read(ref _told);

    /// <summary>Of the leases that are held, the one that is to be renewed first has so long.</summary>
    public TimeSpan LeastTimeLeft =>
        _terms.Keys.Where(term => term.IsHeld).Select(term => term.TimeLeft).DefaultIfEmpty(TimeSpan.MaxValue).Min();

    public async Task RunAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        _terms.TryAdd(term, true);
        Interlocked.Increment(ref _running);
        _signal.Pulse();
        await _end.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Increment(ref _told);
        _signal.Pulse();
        if (!Obeys)
            await _end.Task;
        _terms.TryRemove(term, out _);
        Interlocked.Decrement(ref _running);
        _signal.Pulse();
    }

    public void Return() => _end.TrySetResult();

    public Task UntilAsync(Func<bool> condition) => _signal.WaitUntilAsync(condition, () => $"{Running} to run and {Told} to be told");
}
