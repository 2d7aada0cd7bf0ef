using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// One partition in this process: stands for its lease while the keeper wants it to, each time by a new loop that knows what the ones before
/// have seen. The next begins when the work of the last has really ended (design 5, rule 11). Called by the loop of the partitions only.
/// </summary>
internal sealed class PartitionSlot
{
    private readonly PartitionParts _parts;
    private readonly ElectionRun _run;
    private readonly IReadOnlyList<WorkRegistration> _works;
    private ElectionLoop? _loop;

    public PartitionSlot(int index, PartitionParts parts)
    {
        _parts = parts;
        var partition = new Partition(index, parts.Count);
        ElectionRun whole = parts.Run;
        _run = whole with
        {
            Card = whole.Card with { LeaseName = PartitionLeaseName.Of(whole.Card.LeaseName, index) },

            // Otherwise the partitions that a process takes over together would all be renewed at once for ever.
            Settings = whole.Settings with { FirstRenewal = whole.Settings.RenewInterval * (index + 1) / parts.Count },
        };
        _works = [.. parts.Works.Select(work => work.For(partition))];
    }

    public string Identity => _run.Card.Identity;

    public string LeaseName => _run.Card.LeaseName;

    /// <summary>The election for the lease of this partition, the present one or the last; <see langword="null"/> before the first.</summary>
    public LeaderElection? Election { get; private set; }

    /// <summary>Whether a loop is under way, be it that its work only ends. One that died of a bug never is over: its work may still run.</summary>
    public bool IsStanding => _loop is { } loop && (!loop.Completion.IsCompleted || Election is { HasFailed: true });

    /// <summary>Whether it was told to end.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether its work runs here, or is being stopped.</summary>
    public bool IsHeldHere => Election?.Term is not null;

    public bool IsCalledByWork => _loop is { IsCalledByWork: true };

    public Task Completion => _loop?.Completion ?? Task.CompletedTask;

    public void Stand()
    {
        if (IsStanding)
            return;
        IsEnding = false;
        Election = new LeaderElection(_parts.ElectionName) { Changed = _parts.Changed };
        GroupedLease store = _parts.Group.Open(LeaseName, _parts.Traits);
        var telemetry = ElectionTelemetry.ForPartition(Election, _run, _parts.Run, _parts.Instruments);
        _loop = new ElectionLoop(_run, Election, new ElectionParts(
            store, _works, _parts.Scopes, _parts.Watchdog, _parts.Lifetime, telemetry, new LeadershipAnnouncements([]), _parts.LoopLogger)
        {
            Memory = store.Memory,
        });
        Election.Attach(_run, _loop.StepDownAsync);
        _loop.Start();
        _loop.Completion.GetAwaiter().UnsafeOnCompleted(_parts.Changed);
    }

    /// <summary>Work is told to stop, the lease given up when it has; or just left, if it was not obtained.</summary>
    public void End()
    {
        IsEnding = true;
        _loop?.RequestShutDown();
    }

    public void Abandon() => _loop?.Abandon();
}
