using System.Collections.Concurrent;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

/// <summary>
/// The leases of one election's partitions, a clock, and the replicas that share them. Who is present a test says itself. It notices when
/// two replicas work on one partition at once.
/// </summary>
internal sealed class PartitionWorld : IAsyncDisposable
{
    public const string LeaseName = "orders";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<int, PartitionReplica> _owners = new();
    private readonly List<PartitionReplica> _replicas = [];
    private IReadOnlyList<PartitionMember> _members = [];
    private int _overlaps;

    public ManualTimeProvider Time { get; } = new();

    public MemoryLeases Leases { get; } = new("leases in memory");

    /// <summary>Who is present, and has just shown it, by the clock of who asks.</summary>
    public IReadOnlyList<PartitionMember> MembersAt(TimeSpan now) => [.. _members.Select(member => member with { RenewedAt = now })];

    public int Overlaps => Volatile.Read(ref _overlaps);

    /// <summary>A replica that has started and is present.</summary>
    public PartitionReplica Add(string identity, int count, Action<LeaderElectionOptions>? configure = null)
    {
        var replica = new PartitionReplica(this, identity, count, configure);
        _replicas.Add(replica);
        Join(replica);
        replica.Start();
        return replica;
    }

    public void Join(PartitionReplica replica) => Change([.. _members, new PartitionMember(replica.Identity, replica.Count, default)]);

    public void Leave(PartitionReplica replica) => Change([.. _members.Where(member => member.Identity != replica.Identity)]);

    /// <summary>Its presence is given up first, as that of a host that stops. Returns at once.</summary>
    public void Stop(PartitionReplica replica)
    {
        Leave(replica);
        replica.Stop();
    }

    public async Task StopAsync(PartitionReplica replica)
    {
        Stop(replica);
        await UntilAsync(() => replica.Loop.Completion.IsCompleted);
    }

    /// <summary>
    /// Lets time pass until something is so. Nobody who works loses a lease to a busy machine by it, and to nobody it seems that there was
    /// an outage: the clock waits for whatever is due.
    /// </summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Signal.Patience, $"At {Time.GetUtcNow()}: {this}");
            if (_replicas.TrueForAll(IsUpToDate))
                Time.Advance(Step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    public async Task PassAsync(TimeSpan time)
    {
        DateTimeOffset end = Time.GetUtcNow() + time;
        await UntilAsync(() => Time.GetUtcNow() >= end);
    }

    /// <summary>As long as it is not so, time stands still.</summary>
    public static async Task WithoutTimeAsync(Func<bool> condition, string what)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Signal.Patience, what);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    public void Begin(PartitionReplica replica, Partition partition)
    {
        if (!_owners.TryAdd(partition.Index, replica))
            Interlocked.Increment(ref _overlaps);
    }

    public void End(PartitionReplica replica, Partition partition) =>
        _owners.TryRemove(new KeyValuePair<int, PartitionReplica>(partition.Index, replica));

    public async ValueTask DisposeAsync()
    {
        foreach (PartitionReplica replica in _replicas)
        {
            Task disposing = replica.DisposeAsync().AsTask();
            while (!disposing.IsCompleted)
            {
                Time.Advance(Step);
                await Task.WhenAny(disposing, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None));
            }

            await disposing;
        }
    }

    public override string ToString() => string.Join('\n', _replicas.Select(replica =>
        $"{replica.Identity}: works on {string.Join(", ", replica.Owned)}\n"
        + string.Join('\n', replica.Logs.Entries.Where(entry => entry.Id.Name != "Renewed"))));

    private bool IsUpToDate(PartitionReplica replica) =>
        replica.IsUpToDate(_replicas.Exists(other => !other.Running.IsEmpty), within: 2 * Step);

    private void Change(IReadOnlyList<PartitionMember> members)
    {
        _members = members;
        foreach (PartitionReplica replica in _replicas)
            replica.Loop.Wake();
    }
}
