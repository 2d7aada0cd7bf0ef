using System.Collections.Concurrent;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

/// <summary>Notes what it is told, and has withdrawn and finished when the test says so.</summary>
internal sealed class RecordingAnnouncer : ILeadershipAnnouncer
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public TaskCompletionSource Withdrawn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it is waited for; its time is running then.</summary>
    public TaskCompletionSource Finishing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void HolderSeen(string holder) => _lines.Enqueue("seen " + holder);

    public void Began(Lease? lease) => _lines.Enqueue("began");

    public void Ending() => _lines.Enqueue("ending");

    public void Ended(string how, Lease? lease) => _lines.Enqueue("ended: " + how);

    public Task WithdrawnAsync() => Withdrawn.Task;

    public Task FinishAsync(CancellationToken cancellationToken)
    {
        Finishing.TrySetResult();
        return Finished.Task.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
