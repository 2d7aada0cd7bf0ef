namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Decides for one process which partitions it stands for, and which it gives up (design 13). As pure as <see cref="Elector"/>: it is told
/// what is seen and what the clock says, and answers what to do and when to look again.
/// </summary>
internal sealed class PartitionKeeper
{
    private readonly PartitionKeeperSettings _settings;
    private readonly PartitionTurn _turn = new();
    private readonly PartitionCount _count;
    private readonly PartitionMembers _members;
    private readonly PartitionHandOver _handOver;
    private readonly PartitionWish[] _partitions;

    /// <summary>How fresh the last view was that was acted on.</summary>
    private TimeSpan? _asOf;

    /// <summary>Since when what is seen has been seen without a break: before it, nothing is known to have lasted.</summary>
    private TimeSpan _seenSince;

    /// <summary>Since when, also, no holder has been late with its renewals.</summary>
    private TimeSpan _calmSince;

    public PartitionKeeper(PartitionKeeperSettings settings)
    {
        _settings = settings;
        _members = new PartitionMembers(settings, _turn);
        _count = new PartitionCount(settings, _turn, _members);
        _handOver = new PartitionHandOver(settings, _turn);
        _partitions = new PartitionWish[settings.Count];
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i] = new PartitionWish();
    }

    /// <summary>
    /// Looks at a view. To be called whenever any of it has changed (a holder, who is present, a loop of ours; renewals alone need no
    /// call), and at <see cref="PartitionOutput.WakeAt"/>; once too often or too early changes nothing. What it puts out is carried out
    /// before the next call.
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

    /// <summary>So often that a gap shows.</summary>
    private TimeSpan LookEvery => _settings.TrustFor / 4;

    private TimeSpan PassOnAfter => _settings.RetryPeriod * 2;

    /// <summary>
    /// Never act on a view that is not complete and fresh: in an outage every lease seems to run out. After a gap, in what was seen or in
    /// our own looking (a process that was paused), everything that has to last begins anew.
    /// </summary>
    private bool IsTrusted(PartitionView view)
    {
        _turn.IsDue(_turn.Instant + LookEvery);
        if (view.AsOf is not { } asOf || _turn.Instant - asOf > _settings.TrustFor)
            return false;
        if (_asOf is not { } last || asOf - last > _settings.TrustFor + LookEvery)
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
        See();
        _members.Look(_partitions, _seenSince);
        _count.Look(_seenSince);
        _members.PassOverWhoKnowsFewer(_count.Shared);
        PassOver();
        Plan();
        for (int i = 0; i < _partitions.Length; i++)
            Act(i);
        _handOver.Look(_partitions);
        for (int i = 0; i < _partitions.Length && !_handOver.IsUnderWay; i++)
            GiveUp(i);
    }

    /// <summary>
    /// Who holds what. A holder that has renewed nothing for half its lease may be dead: nothing moves until that has shown.
    /// </summary>
    private void See()
    {
        for (int i = 0; i < _partitions.Length; i++)
        {
            PartitionSight sight = SightOf(i);
            bool isOurs = sight.Part is PartitionPart.Leading or PartitionPart.Draining;
            bool isFree = !isOurs && (sight.Holder is null || _turn.IsDue(LostAt(sight)));
            _partitions[i].See(sight, isOurs ? _settings.Identity : isFree ? null : sight.Holder, _turn.Instant);
            if (i < _count.Shared && !isOurs && IsLate(sight) && _turn.Instant < sight.FreeAt + (PassOnAfter * 2))
                _calmSince = _turn.Instant;
            SeeWhetherItCanBeOwned(_partitions[i]);
        }
    }

    /// <summary>
    /// A lease that was deleted, or emptied by hand, tells nothing new. Its holder makes it anew, or its time runs out, and until then
    /// whoever saw it held waits (design 5, rule 5). Taken for free, its owner, who is well, would be blamed, and whoever stands for it
    /// from then on, and has not seen it held, would work beside that owner.
    /// </summary>
    private PartitionSight SightOf(int i)
    {
        PartitionSight seen = _turn.View.Partitions[i];
        bool isUnknown = seen.Holder is null && seen.FreeAt == TimeSpan.MinValue;
        return isUnknown ? _partitions[i].Sight with { Part = seen.Part } : seen;
    }

    /// <summary>
    /// What was passed on once already and lies free all the same (nobody may make its lease, or a stranger holds it), and what its last
    /// holder has not kept for as long as it takes to give anything up (its work fails wherever it runs): whoever was blamed for not taking
    /// that, again and again, would never be given anything else.
    /// </summary>
    private void SeeWhetherItCanBeOwned(PartitionWish partition)
    {
        if (partition.Holder is not null)
            partition.CanBeOwned |= _turn.IsDue(partition.HeldSince + _settings.MoveAfter);
        else if (partition.CanBeOwned)
            partition.CanBeOwned = !_turn.IsDue(FreeSince(partition) + (PassOnAfter * 2));
    }

    /// <summary>
    /// When its holder has lost it. Who could not be seen to renew gets the time to do so, or an outage would shuffle everything.
    /// </summary>
    private TimeSpan LostAt(PartitionSight sight) =>
        sight.RenewedAt < _seenSince ? Latest(sight.FreeAt, _seenSince + PassOnAfter) : sight.FreeAt;

    private bool IsLate(PartitionSight sight) => IsPast(sight, 0.5);

    /// <summary>Whether this much of the time has passed that its holder has without a renewal.</summary>
    private bool IsPast(PartitionSight sight, double share) => sight.Holder is not null
        && (sight.FreeAt <= _turn.Instant || _turn.SeenUntil - sight.RenewedAt > (sight.FreeAt - sight.RenewedAt) * share);

    /// <summary>Who has let a lease run out, or what is wanted of it and can be owned lie, is not waited for.</summary>
    private void PassOver()
    {
        for (int i = 0; i < _count.Shared; i++)
        {
            PassOverWhoLost(i);
            PartitionWish partition = _partitions[i];
            if (partition.Holder is null && partition.Owner is { } owner && _members.IsTrusted(owner))
                PassOver(owner, i);
        }
    }

    private void PassOver(string owner, int i)
    {
        PartitionWish partition = _partitions[i];
        TimeSpan free = FreeSince(partition);
        TimeSpan able = AbleAt(owner, partition.Sight);
        if (able > free + PassOnAfter)
            _members.CannotYet(owner, able);
        else if (partition.CanBeOwned
            && _turn.IsDue(Latest(free, able, partition.Since, _members.CountsFrom(owner)) + PassOnAfter))
            _members.HasLeft(owner, i);
    }

    /// <summary>
    /// From when on a member may take what was not given up: who came after its last renewal waits from when it saw that first, as
    /// everybody does who stands for a lease. A process that is started again after a crash should get its partitions back, if it does not
    /// take much longer.
    /// </summary>
    private TimeSpan AbleAt(string member, PartitionSight sight)
    {
        TimeSpan since = _members.Since(member);
        return sight.Holder is null || since <= sight.RenewedAt ? TimeSpan.MinValue : since + (sight.FreeAt - sight.RenewedAt);
    }

    /// <summary>
    /// Who has let a lease run out is most likely dead, which its presence will not show for a while. Others may have seen the end of it a
    /// little earlier, by their clocks, and one of them may have taken it already.
    /// </summary>
    private void PassOverWhoLost(int i)
    {
        (PartitionSight last, PartitionSight sight) = (_partitions[i].Last, _partitions[i].Sight);
        bool isTaken = sight.Holder is not null && sight.Holder != last.Holder;
        PartitionSight lost = isTaken ? last : sight;
        if (lost.Holder is { } holder && _members.IsTrusted(holder) && IsPast(lost, isTaken ? 0.75 : 1)
            && lost.RenewedAt >= _seenSince && lost.FreeAt >= _members.CountsFrom(holder))
            _members.HasLost(holder, i);
    }

    private void Plan()
    {
        var holders = new string?[_count.Shared];
        for (int i = 0; i < holders.Length; i++)
        {
            // Who is passed over keeps only what it is seen to renew: the rest is as good as free.
            string? holder = _partitions[i].Holder;
            bool isLost = holder is not null && _members.PassedOver.Contains(holder) && IsLate(_partitions[i].Sight);
            holders[i] = isLost ? null : holder;
        }

        IReadOnlyList<string?> owners = PartitionPlan.Owners(_members.Present, holders, _members.PassedOver);
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i].Want(i < owners.Count ? owners[i] : null, _settings.Identity, _turn.Instant);
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
    /// Whether a partition lies free although it was passed on once already, or there is nobody to pass it on to. Whatever the reason, it
    /// had better be worked on by anybody. The watch may tell us that we have taken it before our own loop does.
    /// </summary>
    private bool IsNobodys(int i) => _partitions[i].Holder is null
        ? _turn.IsDue(FreeSince(_partitions[i]) + (PassOnAfter * (_partitions[i].Owner is null ? 1 : 2)))
        : _partitions[i].Holder == _settings.Identity && PartOf(i) == PartitionPart.Standing;

    /// <summary>
    /// Gives up what the plan has wanted elsewhere for long enough; at once what is no partition any more, or another one. What was taken
    /// because the other did not take it is kept for as long, or it would come and go for as long as the plan wants it there.
    /// </summary>
    private void GiveUp(int i)
    {
        PartitionWish partition = _partitions[i];
        if (PartOf(i) != PartitionPart.Leading || partition.IsEnding)
            return;
        bool isOver = i >= _count.Shared || partition.RunsAs != _count.Shared;
        bool isElsewhere = partition.Owner is { } owner && owner != _settings.Identity && _members.IsAlive(owner, partition.Since);
        TimeSpan since = Latest(partition.AwaySince, partition.HeldSince, _seenSince, _calmSince);
        if (!isOver && !(isElsewhere && _turn.IsDue(since + _settings.MoveAfter)))
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

    private TimeSpan FreeSince(PartitionWish partition) => Latest(partition.Sight.FreeAt, _seenSince, _count.SharedSince);

    private static TimeSpan Latest(params ReadOnlySpan<TimeSpan> instants)
    {
        TimeSpan latest = TimeSpan.MinValue;
        foreach (TimeSpan instant in instants)
            latest = instant > latest ? instant : latest;
        return latest;
    }
}
