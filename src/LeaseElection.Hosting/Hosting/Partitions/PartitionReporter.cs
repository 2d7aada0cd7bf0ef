using System.Globalization;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Partitions;

/// <summary>
/// Tells of the partitions of one election what people should know, in few lines however many there are: moves once a second at most, what
/// is wrong once as long as it lasts.
/// </summary>
internal sealed class PartitionReporter(ElectionRun run, ILogger logger)
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
    private int _count;
    private TimeSpan? _tellMovesAt;
    private bool _toldUnowned;

    /// <summary>When the next line may fall due.</summary>
    public TimeSpan NextAt { get; private set; } = TimeSpan.MaxValue;

    public void Stands(int index) => logger.PartitionWanted(index, _lease.Namespace, _lease.Name);

    public void Withdraws(int index) => logger.PartitionNotWanted(index, _lease.Namespace, _lease.Name);

    public void StepsDown(int index, string? to) => logger.PartitionWantedElsewhere(index, _lease.Namespace, _lease.Name, to ?? "nobody");

    public void Report(PartitionEvent told)
    {
        switch (told)
        {
            case PartitionEvent.CountsDiffer differ:
                logger.PartitionCountsDiffer(
                    _lease.Namespace, _lease.Name, differ.Count, differ.LeastOf, differ.Least, differ.MostOf, differ.Most);
                break;
            case PartitionEvent.CountsAgree agree:
                logger.PartitionCountsAgree(_lease.Namespace, _lease.Name, agree.Count);
                break;
            case PartitionEvent.CountChanged changed:
                logger.PartitionCountChanged(_lease.Namespace, _lease.Name, changed.From, changed.To);
                break;
            case PartitionEvent.PassedOver passedOver:
                string until = passedOver.For is { } time
                    ? string.Create(CultureInfo.InvariantCulture, $"for {time.TotalSeconds:0.#} s")
                    : "until it gives a sign of life";
                logger.PartitionPassedOn(passedOver.Index, _lease.Namespace, _lease.Name, passedOver.Identity, until);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told), told, "The set of events is closed.");
        }
    }

    public void Failed(Exception exception) => logger.PartitionsFailed(_lease.Namespace, _lease.Name, exception);

    public void Look(PartitionsSnapshot snapshot, IReadOnlyList<PartitionSlot> slots, GroupView view, TimeSpan now)
    {
        NextAt = TimeSpan.MaxValue;
        _count = snapshot.Partitions.Length;
        LookAtMoves(slots, now);
        LookAtUnowned(snapshot, now);
        LookAtForeign(slots, view, now);
    }

    /// <summary>The host stops: what is still to be told is told.</summary>
    public void Ended() => TellMoves();

    private void LookAtMoves(IReadOnlyList<PartitionSlot> slots, TimeSpan now)
    {
        for (int i = 0; i < slots.Count; i++)
        {
            if (slots[i].IsHeldHere ? _held.Add(i) : _held.Remove(i))
                (_held.Contains(i) ? _takenOver : _givenUp).Add(i);
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
                _lease.Namespace, _lease.Name, PartitionText.Of(_takenOver), PartitionText.Of(_givenUp), _held.Count, _count);
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

    private void WakeAt(TimeSpan instant) => NextAt = instant < NextAt ? instant : NextAt;
}
