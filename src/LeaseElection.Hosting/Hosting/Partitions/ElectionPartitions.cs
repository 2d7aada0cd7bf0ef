using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting.Partitions;

/// <summary>What the app sees of the partitions of one election. Their loop publishes; readers never wait for it.</summary>
internal sealed class ElectionPartitions : IElectionPartitions
{
    private readonly Lock _lock = new();
    private volatile PartitionsSnapshot _snapshot = PartitionsSnapshot.Initial(0);
    private TaskCompletionSource _changed = NewSignal();

    public int Count => _snapshot.Partitions.Length;

    public IReadOnlyList<PartitionStatus> Partitions => _snapshot.Partitions;

    /// <summary>What a health check and a gauge read.</summary>
    public PartitionsSnapshot Snapshot => _snapshot;

    /// <summary>Whether the loop died of a bug: the health check is Unhealthy from then on.</summary>
    public bool HasFailed { get; private set; }

    public void Fail() => HasFailed = true;

    public void Publish(PartitionsSnapshot snapshot)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            bool news = snapshot.HasEnded != _snapshot.HasEnded || !snapshot.Partitions.SequenceEqual(_snapshot.Partitions);
            _snapshot = snapshot;
            if (!news)
                return;
            changed = _changed;
            _changed = NewSignal();
        }

        // Continuations run elsewhere: a reader must not hold up the loop.
        changed.SetResult();
    }

    public async IAsyncEnumerable<IReadOnlyList<PartitionStatus>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<PartitionStatus>? told = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (PartitionsSnapshot snapshot, Task changed) = Look();
            if (told is null || !told.SequenceEqual(snapshot.Partitions))
                yield return told = snapshot.Partitions;
            if (snapshot.HasEnded)
                yield break;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private (PartitionsSnapshot Snapshot, Task Changed) Look()
    {
        lock (_lock)
            return (_snapshot, _changed.Task);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
