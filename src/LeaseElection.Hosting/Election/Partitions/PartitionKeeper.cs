namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Decides for one process which partitions it stands for, and which it gives up (design 13). As pure as <see cref="Elector"/>: it is told what is
/// seen and what the clock says, and answers what to do and when to look again.
/// </summary>
internal sealed class PartitionKeeper
{
    private readonly PartitionKeeperSettings _settings;
    private readonly PartitionTurn _turn = new();
    private readonly PartitionCount _count;
    private readonly PassedOverMembers _passedOver;
    private readonly PartitionHandOver _handOver;
    private readonly PartitionWish[] _partitions;
    private TimeSpan? _asOf;

    /// <summary>Since when what is seen has been seen without a break: before it, nothing is known to have lasted.</summary>
    private TimeSpan _seenSince;

    /// <summary>Since when, also, no holder has been late with its renewals.</summary>
    private TimeSpan _calmSince;

    public PartitionKeeper(PartitionKeeperSettings settings)
    {
        _settings = settings;
        _count = new PartitionCount(settings, _turn);
        _passedOver = new PassedOverMembers(_turn);
        _handOver = new PartitionHandOver(settings, _turn);
        _partitions = new PartitionWish[settings.Count];
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i] = new PartitionWish();
    }

    /// <summary>
    /// Looks at a view. To be called whenever any of it has changed (a holder, who is present, a loop of ours; renewals alone need no call), and at
    /// <see cref="PartitionOutput.WakeAt"/>; once too often or too early changes nothing. What it puts out is carried out before the next call.
    /// </summary>
    public IReadOnlyList<PartitionOutput> Look(PartitionView view, ElectionTime now)
    {
        _turn.Begin(view, now);
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i].IsEnding &= view.Partitions[i].Part != PartitionPart.None;
        if (view.IsLeaving)
            WithdrawAll();
        else if (IsTrusted(view))
            Advance();
        return _turn.End();
    }

    private TimeSpan PassOnAfter => _settings.RetryPeriod * 2;

    /// <summary>
    /// Never act on a view that is not complete and fresh: in an outage every lease seems to run out. After a gap everything that has to
    /// last begins anew.
    /// </summary>
    private bool IsTrusted(PartitionView view)
    {
        if (view.AsOf is not { } asOf || _turn.Instant - asOf > _settings.TrustFor)
            return false;
        if (_asOf is not { } last || asOf - last > _settings.TrustFor)
            _seenSince = _calmSince = _turn.Instant;
        _asOf = asOf;
        return true;
    }

    private void WithdrawAll()
    {
        for (int i = 0; i < _partitions.Length; i++)
        {
            if (PartOf(i) != PartitionPart.None)
                Withdraw(i);
        }
    }

    private void Advance()
    {
        _count.Look(_seenSince);
        See();
        _passedOver.Look(_partitions);
        PassOver();
        Plan();
        for (int i = 0; i < _partitions.Length; i++)
            Act(i);
        _handOver.Look(_partitions);
        for (int i = 0; i < _partitions.Length && !_handOver.IsUnderWay; i++)
            GiveUp(i);
    }

    /// <summary>Who holds what. A holder that has renewed nothing for half its lease may be dead: nothing moves until that has shown.</summary>
    private void See()
    {
        for (int i = 0; i < _count.Shared; i++)
        {
            PartitionSight sight = _turn.View.Partitions[i];
            bool isOurs = sight.Part is PartitionPart.Leading or PartitionPart.Draining;
            bool isFree = !isOurs && (sight.Holder is null || _turn.IsDue(sight.FreeAt));
            _partitions[i].See(isOurs ? _settings.Identity : isFree ? null : sight.Holder, _turn.Instant);
            if (!isOurs && IsLate(sight) && _turn.Instant < sight.FreeAt + (PassOnAfter * 2))
                _calmSince = _turn.Instant;
        }
    }

    private bool IsLate(PartitionSight sight) => sight.Holder is not null
        && (sight.FreeAt <= _turn.Instant || _turn.Instant - sight.RenewedAt > sight.FreeAt - _turn.Instant);

    /// <summary>Who has let a lease run out, or what is wanted of it lie, is not waited for.</summary>
    private void PassOver()
    {
        for (int i = 0; i < _count.Shared; i++)
        {
            PartitionWish partition = _partitions[i];
            PartitionSight sight = _turn.View.Partitions[i];
            if (partition.Holder is not null)
                continue;
            if (sight.Holder is { } late && late != _settings.Identity && IsPresent(late)
                && sight.RenewedAt >= _seenSince && sight.FreeAt >= _passedOver.CountsFrom(late))
                _passedOver.Add(late, i);
            if (partition.Owner is { } owner && owner != _settings.Identity && !_passedOver.Now.Contains(owner) && IsPresent(owner)
                && _turn.IsDue(Latest(FreeSince(sight), partition.Since, _passedOver.CountsFrom(owner)) + PassOnAfter))
                _passedOver.Add(owner, i);
        }
    }

    private void Plan()
    {
        var members = new List<string>(_turn.View.Members.Count);
        foreach (PartitionMember member in _turn.View.Members)
        {
            if (member.Count is not null)
                members.Add(member.Identity);
        }

        var holders = new string?[_count.Shared];
        for (int i = 0; i < holders.Length; i++)
        {
            // Who is passed over keeps only what it is seen to renew: the rest is as good as free.
            string? holder = _partitions[i].Holder;
            bool isLost = holder is not null && _passedOver.Now.Contains(holder) && IsLate(_turn.View.Partitions[i]);
            holders[i] = isLost ? null : holder;
        }

        string?[] owners = PartitionPlan.Owners(members, holders, _passedOver.Now);
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i].Want(i < owners.Length ? owners[i] : null, _turn.Instant);
    }

    /// <summary>Stands for what is wanted of us, and for what nobody takes; not for anything else.</summary>
    private void Act(int i)
    {
        PartitionPart part = PartOf(i);
        if (part is not (PartitionPart.None or PartitionPart.Standing) || _partitions[i].IsEnding)
            return;
        bool isWanted = i < _count.Shared && (_partitions[i].Owner == _settings.Identity || IsNobodys(i));
        if (part == PartitionPart.None && isWanted)
            Stand(i);
        else if (part == PartitionPart.Standing && (!isWanted || _partitions[i].RunsAs != _count.Shared))
            Withdraw(i);
    }

    /// <summary>
    /// Whether a partition lies free although it was passed on once already, or there is nobody to pass it on to. Whatever the reason, it had
    /// better be worked on by anybody.
    /// </summary>
    private bool IsNobodys(int i) => _partitions[i].Holder is null
        && _turn.IsDue(FreeSince(_turn.View.Partitions[i]) + (PassOnAfter * (_partitions[i].Owner is null ? 1 : 2)));

    /// <summary>Gives up what the plan has wanted elsewhere for long enough; at once what is no partition any more, or another one.</summary>
    private void GiveUp(int i)
    {
        PartitionWish partition = _partitions[i];
        if (PartOf(i) != PartitionPart.Leading || partition.IsEnding)
            return;
        bool isOver = i >= _count.Shared || partition.RunsAs != _count.Shared;
        bool isElsewhere = partition.Owner is { } owner && owner != _settings.Identity;
        if (!isOver && !(isElsewhere && _turn.IsDue(Latest(partition.Since, _seenSince, _calmSince) + _settings.MoveAfter)))
            return;
        partition.IsEnding = true;
        _handOver.Begin(i, isElsewhere ? partition.Owner : null);
    }

    private void Stand(int i)
    {
        _partitions[i].RunsAs = _count.Shared;
        _turn.Out(new PartitionOutput.Stand(i, _count.Shared));
    }

    private void Withdraw(int i)
    {
        if (_partitions[i].IsEnding)
            return;
        _partitions[i].IsEnding = true;
        _turn.Out(new PartitionOutput.Withdraw(i));
    }

    private PartitionPart PartOf(int i) => _turn.View.Partitions[i].Part;

    private TimeSpan FreeSince(PartitionSight sight) => Latest(sight.FreeAt, _seenSince, TimeSpan.MinValue);

    private bool IsPresent(string identity)
    {
        foreach (PartitionMember member in _turn.View.Members)
        {
            if (member.Identity == identity)
                return true;
        }

        return false;
    }

    private static TimeSpan Latest(TimeSpan one, TimeSpan other, TimeSpan third)
    {
        TimeSpan later = one > other ? one : other;
        return later > third ? later : third;
    }
}
