using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Groups;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// One partition in this process: stands for its lease while the keeper wants it to, each time by a new loop that knows what the ones
/// before have seen. The next begins when the work of the last has really ended (design 5, rule 11). Called by the loop of the partitions
/// only.
/// </summary>
internal sealed class PartitionSlot : IAsyncDisposable
{
    private readonly int _index;
    private readonly PartitionParts _parts;
    private readonly ElectionIdentityCard _card;
    private ElectionLoop? _loop;
    private bool _isEnding;

    public PartitionSlot(int index, PartitionParts parts)
    {
        _index = index;
        _parts = parts;
        ElectionIdentityCard whole = parts.Run.Card;
        _card = whole with { LeaseName = PartitionLeaseName.Of(whole.LeaseName, index) };
    }

    public string Identity => _card.Identity;

    public string LeaseName => _card.LeaseName;

    /// <summary>
    /// The election for the lease of this partition, the present one or the last; <see langword="null"/> before the first.
    /// </summary>
    public LeaderElection? Election { get; private set; }

    /// <summary>Whether its work runs here, or is being stopped.</summary>
    public bool IsHeldHere => Election?.Term is not null;

    public bool IsCalledByWork => _loop is { IsCalledByWork: true };

    public Task Completion => _loop?.Completion ?? Task.CompletedTask;

    /// <summary>What this process does about the partition. A loop that died of a bug never is over: its work may still run.</summary>
    public PartitionPart Part => (IsStanding, Election?.Snapshot.State) switch
    {
        (false, _) => PartitionPart.None,
        (true, LeaderElectionState.Leading) when !_isEnding => PartitionPart.Leading,
        (true, LeaderElectionState.Standby or LeaderElectionState.TakingOver) when !_isEnding => PartitionPart.Standing,
        _ => PartitionPart.Draining,
    };

    private bool IsStanding => _loop is { } loop && (!loop.Completion.IsCompleted || Election is { HasFailed: true });

    /// <param name="count">How many partitions its work is one of.</param>
    public void Stand(int count)
    {
        if (IsStanding)
            return;
        _isEnding = false;
        var partition = new Partition(_index, count);
        ElectionRun whole = _parts.Run;
        var run = whole with
        {
            Card = _card,

            // Otherwise the partitions that a process takes over together would all be renewed at once for ever. And what is free for
            // longer than usual would be taken for what nobody wants, and given to one replica after the other.
            Settings = whole.Settings with { FirstRenewal = whole.Settings.RenewInterval * (_index + 1) / count, CountTakeOvers = false },
        };
        Election = new LeaderElection(_parts.ElectionName) { OnChange = _parts.Changed };
        GroupedLease store = _parts.Group.Open(LeaseName, _parts.Traits);
        var telemetry = ElectionTelemetry.ForPartition(Election, run, whole, _parts.Instruments);
        _loop = new ElectionLoop(run, Election, new ElectionParts(
            store, [.. _parts.Works.Select(work => work.For(partition))], _parts.Scopes, _parts.Watchdog, _parts.Lifetime, telemetry,
            new LeadershipAnnouncements([]), _parts.LoopLogger)
        {
            Memory = store.Memory,
        });
        Election.Attach(run, _loop.StepDownAsync);
        _loop.Start();
        _loop.Completion.GetAwaiter().UnsafeOnCompleted(_parts.Changed);
    }

    /// <summary>
    /// Another replica is to have it: work is told to stop, and the lease given up when it has, whatever a stop of the host does.
    /// </summary>
    public void StepDown()
    {
        if (_loop is not { } loop)
            return;
        _isEnding = true;
        loop.StepDownAsync(CancellationToken.None).GetAwaiter().UnsafeOnCompleted(loop.RequestShutDown);
    }

    /// <summary>It is not to be had any more, or the host stops: work that runs is told to stop.</summary>
    public void End()
    {
        _isEnding = true;
        _loop?.RequestShutDown();
    }

    /// <summary>Nobody waits any longer: work that still runs keeps the lease until that runs out.</summary>
    public void Abandon() => _loop?.Abandon();

    public ValueTask DisposeAsync() => _loop?.DisposeAsync() ?? ValueTask.CompletedTask;
}
