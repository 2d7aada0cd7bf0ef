using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// Tells of the partitions of one election what people should know, in few lines however many there are: moves once a second at most, what
/// is wrong once as long as it lasts.
/// </summary>
internal sealed class PartitionReporter(ElectionRun run, int count, ILogger logger)
{
    /// <summary>Moves that come together are told together.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    /// <summary>A lease that a replica of ours has just made is not in the list yet.</summary>
    private static readonly TimeSpan ForeignAfter = TimeSpan.FromSeconds(5);

    private readonly (string Namespace, string Name) _lease = (run.Card.LeaseNamespace, run.Card.LeaseName);
    private readonly HashSet<int> _held = [];
    private readonly HashSet<int> _takenOver = [];
    private readonly HashSet<int> _givenUp = [];
    private readonly Dictionary<int, (string Holder, TimeSpan Since)> _foreign = [];
    private readonly HashSet<(int Index, string Holder)> _foreignTold = [];
    private Dictionary<string, int> _otherCounts = [];
    private TimeSpan? _tellMovesAt;
    private bool _toldUnowned;

    /// <summary>When the next line may fall due.</summary>
    public TimeSpan NextAt { get; private set; } = TimeSpan.MaxValue;

    public void Asked(int index, string step) => logger.PartitionAsked(index, _lease.Namespace, _lease.Name, step);

    public void Failed(Exception exception) => logger.PartitionsFailed(_lease.Namespace, _lease.Name, exception);

    public void Look(PartitionsSnapshot snapshot, IReadOnlyList<PartitionSlot> slots, GroupView view, TimeSpan now)
    {
        NextAt = TimeSpan.MaxValue;
        LookAtMoves(snapshot, now);
        LookAtUnowned(snapshot, now);
        LookAtForeign(slots, view, now);
        LookAtCounts(snapshot);
    }

    /// <summary>The host stops: what was still to be told.</summary>
    public void Ended(PartitionsSnapshot snapshot, TimeSpan now)
    {
        LookAtMoves(snapshot, now);
        TellMoves();
    }

    private void LookAtMoves(PartitionsSnapshot snapshot, TimeSpan now)
    {
        foreach (PartitionStatus status in snapshot.Partitions)
        {
            if (status.IsHeldHere ? _held.Add(status.Index) : _held.Remove(status.Index))
                (status.IsHeldHere ? _takenOver : _givenUp).Add(status.Index);
        }

        if (_takenOver.Count + _givenUp.Count == 0)
            return;
        _tellMovesAt ??= now + Burst;
        if (now < _tellMovesAt)
            WakeAt(_tellMovesAt.Value);
        else
            TellMoves();
    }

    private void TellMoves()
    {
        if (_takenOver.Count + _givenUp.Count > 0)
        {
            logger.PartitionsMoved(
                _lease.Namespace, _lease.Name, PartitionText.Of(_takenOver), PartitionText.Of(_givenUp), _held.Count, count);
        }

        _takenOver.Clear();
        _givenUp.Clear();
        _tellMovesAt = null;
    }

    private void LookAtUnowned(PartitionsSnapshot snapshot, TimeSpan now)
    {
        int[] unowned = [.. snapshot.UnownedFor(run.Settings.LeaseDuration, now)];
        if (unowned.Length > 0 && !_toldUnowned)
            logger.PartitionsUnowned(PartitionText.Of(unowned), _lease.Namespace, _lease.Name, run.Settings.LeaseDuration.TotalSeconds);
        else if (snapshot.Unowned == 0 && _toldUnowned)
            logger.PartitionsOwned(_lease.Namespace, _lease.Name);
        _toldUnowned = unowned.Length > 0 || (_toldUnowned && snapshot.Unowned > 0);
        foreach (TimeSpan since in snapshot.UnownedSince.OfType<TimeSpan>().Where(since => now < since + run.Settings.LeaseDuration))
            WakeAt(since + run.Settings.LeaseDuration);
    }

    /// <summary>Leases that we stand for, that somebody holds, and that bear no label of ours.</summary>
    private void LookAtForeign(IReadOnlyList<PartitionSlot> slots, GroupView view, TimeSpan now)
    {
        for (int i = 0; i < slots.Count; i++)
        {
            string? holder = slots[i] is { IsHeldHere: false, Election.Status.HolderIdentity: { } identity } ? identity : null;
            if (holder is null || !view.IsFreshAt(now) || view.Find(slots[i].LeaseName) is not null)
            {
                _foreign.Remove(i);
                continue;
            }

            if (!_foreign.TryGetValue(i, out (string Holder, TimeSpan Since) known) || known.Holder != holder)
                _foreign[i] = known = (holder, now);
            if (now < known.Since + ForeignAfter)
                WakeAt(known.Since + ForeignAfter);
            else if (_foreignTold.Add((i, holder)))
                logger.PartitionLeaseTaken(i, _lease.Namespace, _lease.Name, slots[i].LeaseName, holder, LeaseGroupName.Label);
        }
    }

    private void LookAtCounts(PartitionsSnapshot snapshot)
    {
        Dictionary<string, int> others = snapshot.OtherCounts.ToDictionary(other => other.Identity, other => other.Count);
        foreach ((string identity, int other) in others)
        {
            if (_otherCounts.GetValueOrDefault(identity) != other)
                logger.PartitionCountsDiffer(identity, _lease.Namespace, _lease.Name, other, count);
        }

        if (others.Count == 0 && _otherCounts.Count > 0)
            logger.PartitionCountsAgree(_lease.Namespace, _lease.Name, count);
        _otherCounts = others;
    }

    private void WakeAt(TimeSpan instant) => NextAt = instant < NextAt ? instant : NextAt;
}
