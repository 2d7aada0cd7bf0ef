using System.Threading.Channels;
using LeaseElection.Hosting.Configuration;
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
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _over = new();
    private readonly ElectionRun _run;
    private readonly ElectionPartitions _partitions;
    private readonly LeaseGroupWatch _group;
    private readonly Func<IReadOnlyList<PartitionMember>> _members;
    private readonly PartitionKeeper _keeper;
    private readonly PartitionSlot[] _slots;
    private readonly PartitionReporter _reporter;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private volatile bool _shuttingDown;

    /// <summary>The partitions of an election, by its options.</summary>
    /// <param name="parts">What they work with.</param>
    /// <param name="partitions">Where it is published who owns what.</param>
    /// <param name="options">The options of the election.</param>
    /// <param name="count">How many there are.</param>
    public static PartitionLoop Of(PartitionParts parts, ElectionPartitions partitions, LeaderElectionOptions options, int count)
    {
        ElectorSettings settings = parts.Run.Settings;
        TimeSpan presenceInterval = MemberSettings.Of(options, settings.Identity).RenewInterval;
        return new PartitionLoop(
            parts, partitions, PartitionKeeperSettings.Of(settings, count, options.Partitions.MoveAfter, presenceInterval));
    }

    public PartitionLoop(PartitionParts parts, ElectionPartitions partitions, PartitionKeeperSettings settings)
    {
        _run = parts.Run;
        _partitions = partitions;
        _partitions.Publish(PartitionsSnapshot.Initial(settings.Count));
        _group = parts.Group;
        _members = parts.Members;
        _keeper = new PartitionKeeper(settings);
        _slots = [.. Enumerable.Range(0, settings.Count).Select(index => new PartitionSlot(index, parts with { Changed = Wake }))];
        _reporter = new PartitionReporter(parts.Run, parts.Logger);

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

    /// <summary>Something that the keeper looks at has changed.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Stops the work of all partitions at once, and gives each up when its work has returned. Returns at once.</summary>
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
        RequestShutDown();
        foreach (PartitionSlot slot in _slots)
            await slot.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _over.Dispose();
    }

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

        await GiveUpAllAsync().ConfigureAwait(false);
        await _over.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
        _partitions.Publish(_partitions.Snapshot with { HasEnded = true });
    }

    private void Turn()
    {
        ElectionTime now = _run.Clock.Now;
        IReadOnlyList<PartitionOutput> outputs = _keeper.Look(PartitionSights.Of(_members(), _slots, _group.View), now);
        TimeSpan wakeAt = TimeSpan.MaxValue;
        foreach (PartitionOutput output in outputs)
        {
            if (output is PartitionOutput.WakeAt wake)
                wakeAt = wake.Instant;
            else
                CarryOut(output);
        }

        SetTimer(wakeAt, Publish());
    }

    private void CarryOut(PartitionOutput output)
    {
        switch (output)
        {
            case PartitionOutput.Stand stand:
                _reporter.Stands(stand.Index);
                _slots[stand.Index].Stand(stand.Count);
                break;
            case PartitionOutput.Withdraw withdraw:
                _reporter.Withdraws(withdraw.Index);
                _slots[withdraw.Index].End();
                break;
            case PartitionOutput.StepDown stepDown:
                _reporter.StepsDown(stepDown.Index, stepDown.To);
                _slots[stepDown.Index].StepDown();
                break;
            case PartitionOutput.Report { Event: PartitionEvent.CountChanged changed }:
                _partitions.Publish(_partitions.Snapshot.Of(changed.To));
                _reporter.Report(changed);
                break;
            case PartitionOutput.Report report:
                _reporter.Report(report.Event);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, "The set of outputs is closed.");
        }
    }

    /// <summary>All of them at once, so that the slowest work is all that the host waits for.</summary>
    private async Task GiveUpAllAsync()
    {
        foreach (PartitionSlot slot in _slots)
            slot.End();
        Task all = Task.WhenAll(_slots.Select(slot => slot.Completion));
        while (!all.IsCompleted)
        {
            Publish();
            await Task.WhenAny(all, _wake.Reader.ReadAsync(_over.Token).AsTask()).ConfigureAwait(false);
        }

        Publish();
        _reporter.Ended();
    }

    /// <returns>When the next lease ends that counts as live in what was published: nobody tells of the end of one that nobody
    /// renews.</returns>
    private TimeSpan Publish()
    {
        ElectionTime now = _run.Clock.Now;
        GroupView view = _group.View;
        PartitionsSnapshot snapshot = PartitionStatuses.Next(_partitions.Snapshot, _slots, view, now);
        _partitions.Publish(snapshot);
        _reporter.Look(snapshot, _slots, view, now.Monotonic);
        return view.NextEndAfter(now.Monotonic);
    }

    private void SetTimer(TimeSpan wakeAt, TimeSpan nextEnd)
    {
        TimeSpan now = _run.Clock.Now.Monotonic;
        TimeSpan next = new[] { wakeAt, nextEnd, _reporter.NextAt, now + LongestTimer }.Min();
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max((next - now).TotalMilliseconds, 0))), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hears of every change of the group that is more than a sign of life.</summary>
    private async Task FollowAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            Task news = _group.Look().News;
            Wake(); // For what has changed before the look.
            await news.WaitAsync(_over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
