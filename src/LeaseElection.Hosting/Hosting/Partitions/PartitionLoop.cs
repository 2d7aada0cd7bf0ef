using System.Threading.Channels;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Groups;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// Shows the keeper what this process sees of the partitions of one election and of its other replicas, and carries out what it says. It
/// decides nothing: <see cref="PartitionKeeper"/> says which partitions to stand for, and their leases who gets them.
/// </summary>
internal sealed class PartitionLoop : IAsyncDisposable
{
    /// <summary>The longest a timer is set for.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    // One place: any number of reasons to look make one look.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ended = new();
    private readonly ElectionRun _run;
    private readonly ElectionPartitions _partitions;
    private readonly LeaseGroupWatch _group;
    private readonly PartitionKeeper _keeper;
    private readonly PartitionSlot[] _slots;
    private readonly PartitionReporter _reporter;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private volatile bool _shuttingDown;

    public PartitionLoop(PartitionParts parts, ElectionPartitions partitions, PartitionKeeper keeper)
    {
        _run = parts.Run;
        _partitions = partitions;
        _group = parts.Group;
        _keeper = keeper;
        PartitionParts own = parts with { Changed = Wake };
        _slots = [.. Enumerable.Range(0, parts.Count).Select(index => new PartitionSlot(index, own))];
        _reporter = new PartitionReporter(parts.Run, parts.Count, parts.Logger);

        // As in ElectionLoop: without the async-locals of whoever starts the host.
        using (ExecutionContext.SuppressFlow())
            _timer = _run.Clock.TimeProvider.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends when all partitions have been given up; has ended as long as it was not started.</summary>
    public Task Completion => _running;

    /// <summary>Whether it is work of one of the partitions, or something that it has called, that asks.</summary>
    public bool IsCalledByWork => Array.Exists(_slots, slot => slot.IsCalledByWork);

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
    }

    /// <summary>Stops the work of all partitions at once and gives each up when its work has returned. Returns at once.</summary>
    public void RequestShutDown()
    {
        _shuttingDown = true;
        Wake();
    }

    /// <summary>The host does not wait any longer: what still works keeps its lease until that runs out.</summary>
    public void Abandon()
    {
        RequestShutDown();
        foreach (PartitionSlot slot in _slots)
            slot.Abandon();
    }

    public async ValueTask DisposeAsync()
    {
        Abandon();
        await Completion.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        Task following = FollowAsync();
        try
        {
            while (!_shuttingDown)
            {
                Turn();
                await _wake.Reader.ReadAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // A bug of ours: partitions must be given up and the health check must tell, whatever it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _partitions.Fail();
            _reporter.Failed(exception);
        }

        foreach (PartitionSlot slot in _slots)
            slot.End();
        await EndAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
    }

    /// <summary>All of them at once, so that the slowest work is all that the host waits for.</summary>
    private async Task EndAsync()
    {
        Task all = Task.WhenAll(_slots.Select(slot => slot.Completion));
        PartitionsSnapshot snapshot;
        while (true)
        {
            bool over = all.IsCompleted;
            ElectionTime now = _run.Clock.Now;
            snapshot = PartitionStatuses.Next(_partitions.Snapshot, _slots, _group.View, now);
            _partitions.Publish(snapshot with { HasEnded = over });
            _reporter.Look(snapshot, _slots, _group.View, now.Monotonic);
            if (over)
                break;
            await Task.WhenAny(all, _wake.Reader.WaitToReadAsync().AsTask()).ConfigureAwait(false);
            _wake.Reader.TryRead(out _);
        }

        _reporter.Ended();
    }

    /// <summary>Hears of every change of the group that is more than a sign of life.</summary>
    private async Task FollowAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            Task news = _group.Look().News;
            Wake(); // What has changed before the look counts too.
            await news.WaitAsync(_ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Turn()
    {
        ElectionTime now = _run.Clock.Now;
        GroupView view = _group.View;
    }
}
