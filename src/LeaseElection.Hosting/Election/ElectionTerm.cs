using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// One uninterrupted leadership of this process, from the confirmed write to the end of the last piece of work. Leadership is held
/// until it is lost, once; work is told to stop once; both in either order (design 5, rule 12).
/// </summary>
internal sealed class ElectionTerm
{
    private readonly ElectorSettings _settings;
    private readonly ElectionTurn _turn;
    private readonly GrowingPause _pause;
    private readonly List<(TimeSpan At, int Work)> _restarts = [];
    private TimeSpan _drainUntil = TimeSpan.MaxValue;
    private TimeSpan _overrunAt = TimeSpan.MaxValue;
    private ElectionTime _renewed;
    private bool _inDoubt;
    private bool _renewalFailed;
    private bool _inDanger;

    public ElectionTerm(TermFacts facts, ElectionTime sent, ElectorSettings settings, ElectionTurn turn, GrowingPause pause)
    {
        _settings = settings;
        _turn = turn;
        _pause = pause;
        Facts = facts;
        _renewed = sent;
        Validity = TermValidity.From(sent, settings.RenewDeadline);
        RenewAt = sent.Monotonic + (settings.FirstRenewal ?? settings.RenewInterval);
        _turn.Report(new ElectionEvent.BecameLeader(facts));
        if (facts.Token is null)
            _turn.Report(new ElectionEvent.NoFencingToken(facts.ResourceVersion));
        _turn.Out(new ElectionOutput.StartWork(facts, Validity));
    }

    public TermFacts Facts { get; }

    public TermValidity Validity { get; private set; }

    /// <summary>When the next renewal falls due.</summary>
    public TimeSpan RenewAt { get; private set; }

    /// <summary>Whether leadership is held. Work may outlive it.</summary>
    public bool Holds { get; private set; } = true;

    /// <summary>Why work was told to stop; <see langword="null"/> as long as it was not.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>Whether work still runs although another process may lead.</summary>
    public bool HasOverrun { get; private set; }

    public TimeSpan Left => Validity.Deadline - _turn.Instant;

    /// <summary>From when on a failed renewal is a danger to the term: half of its time is gone.</summary>
    private TimeSpan DangerAt => Validity.Deadline - (_settings.RenewDeadline / 2);

    /// <summary>
    /// What a write that is sent now writes, and from when on it makes the term valid. If it comes before a renewal is due, which only
    /// notes can ask for, and within a second of the last, it is none itself, for us as for others: see <see cref="LeaseRecords.Keep"/>.
    /// </summary>
    public (LeaseRecord Record, ElectionTime Counts) NextRenewal(LeaseRecord held)
    {
        bool isJustRenewed = _turn.Instant < RenewAt && _turn.Instant < _renewed.Monotonic + LeaseRecords.OneSecond;
        return isJustRenewed && LeaseRecords.Keep(held, _settings, _turn.Now.Wall) is { } kept
            ? (kept, _renewed)
            : (LeaseRecords.Renew(held, _settings, _turn.Now.Wall), _turn.Now);
    }

    /// <summary>
    /// Looks at the clocks, by which the term may be over. Returns <see langword="true"/> when they have just become doubtful, so that a
    /// renewal must prove the term at once (design 5, rule 14).
    /// </summary>
    public bool BecomesDoubtful(string? holder)
    {
        if (Validity.IsOver(_turn.Now))
            Lose(Election.StopReason.DeadlinePassed, holder);
        if (!Holds || _inDoubt || !Validity.IsDoubtful(_turn.Now))
            return false;
        _inDoubt = true;
        RenewAt = _turn.Instant;
        _turn.Report(new ElectionEvent.ClockJumped(_turn.Now.WallLead - Validity.WallLead));
        return true;
    }

    /// <summary>
    /// A renewal succeeded. It counts from when it was sent, so one that took too long proves nothing (design 5, rule 1).
    /// </summary>
    public void Extend(ElectionRequest renewal)
    {
        var validity = TermValidity.From(renewal.Counts, _settings.RenewDeadline);
        if (!Holds || validity.IsOver(_turn.Now))
            return;
        Validity = validity;
        _renewed = renewal.Counts;
        _inDoubt = validity.IsDoubtful(_turn.Now);
        _renewalFailed = false;
        _inDanger = false;
        RenewAt = _inDoubt ? _turn.Instant : _renewed.Monotonic + _settings.RenewInterval;
        _turn.Out(new ElectionOutput.ExtendTerm(validity));
        _turn.Report(new ElectionEvent.Renewed(_turn.Instant - renewal.Sent.Monotonic));
    }

    /// <summary>A renewal failed, which ends the term where it was sent to prove it (design 5, rule 14).</summary>
    public void OnFailure(ElectionEvent.RenewalFailed failed, ElectionTime sent, string? holder)
    {
        _renewalFailed = true;
        _turn.Report(failed);
        if (Validity.IsDoubtful(sent))
            Lose(Election.StopReason.ClockJumped, holder);
    }

    /// <summary>A renewal was refused, because somebody wrote before it. If none succeeds the term ends as after failures.</summary>
    public void OnConflict() => _renewalFailed = true;

    /// <summary>Leadership is over. Work has until the instant at which another process may lead.</summary>
    public void Lose(StopReason reason, string? holder)
    {
        Holds = false;

        // Nobody else leads before the lease runs out, unless somebody was seen to, or the machine slept.
        bool notBeforeDeadline = reason is Election.StopReason.DeadlinePassed or Election.StopReason.DrainTimedOut;
        TimeSpan from = notBeforeDeadline || _turn.Instant > Validity.Deadline ? Validity.Deadline : _turn.Instant;
        _overrunAt = from + _settings.StopTimeout;

        // A process that was frozen until now has told its work nothing yet. Work that obeys has not overrun, and its host may live.
        TimeSpan least = _turn.Instant + _settings.LateStopTimeout;
        _overrunAt = _overrunAt > least ? _overrunAt : least;
        _turn.Report(new ElectionEvent.LeadershipLost(reason, holder));
        Stop(reason);
    }

    /// <summary>
    /// The lease was seen not to be ours: another holder, none, or no lease. The term ends at once, not at the deadline (design 5,
    /// rules 6 and 7).
    /// </summary>
    public void LoseTo(Lease? lease, string? holder) => Lose(
        lease is null ? Election.StopReason.LeaseDeleted
        : holder is null ? Election.StopReason.HolderCleared
        : holder == _settings.Identity ? Election.StopReason.IdentityInUse
        : Election.StopReason.OtherHolder,
        holder);

    /// <summary>The watchdog has told the work of a term, this one or an earlier, that its deadline passed.</summary>
    public void OnExpired(TermFacts term, string? holder)
    {
        if (term == Facts)
            Lose(Election.StopReason.DeadlinePassed, holder);
    }

    /// <summary>Work is to stop while the lease is still held: it is renewed until the last piece has returned.</summary>
    public void Drain(StopReason reason)
    {
        if (!Holds || StopReason is not null)
            return;
        _drainUntil = _turn.Instant + _settings.DrainTimeout;
        _turn.Report(new ElectionEvent.Draining(reason));
        Stop(reason);
    }

    /// <summary>One piece of work has ended, in its way.</summary>
    public void OnWorkEnded(ElectionInput how)
    {
        if (how is ElectionInput.WorkFaulted faulted)
            OnWorkFaulted(faulted);
        else if (how is ElectionInput.WorkReturned returned)
            OnWorkReturned(returned.Work, returned.StillRunning);
    }

    private void OnWorkReturned(int work, int stillRunning)
    {
        if (StopReason is not null)
        {
            _turn.Report(new ElectionEvent.WorkEnded(work));
            return;
        }

        _turn.Report(new ElectionEvent.WorkReturned(work));
        if (_settings.WhenWorkEnds == WorkEndPolicy.Restart)
            Restart(work);
        else if (stillRunning == 0 && _settings.WhenWorkEnds is WorkEndPolicy.StepDown or WorkEndPolicy.StopHost)
            End(_settings.WhenWorkEnds, Election.StopReason.WorkReturned);
    }

    private void OnWorkFaulted(ElectionInput.WorkFaulted faulted)
    {
        (int work, Exception exception, bool saysTermIsOver) = faulted;
        if (StopReason is not null)
        {
            _turn.Report(saysTermIsOver ? new ElectionEvent.WorkEnded(work) : new ElectionEvent.WorkFaulted(work, exception, null));
            return;
        }

        WorkEndPolicy policy = _settings.WhenWorkEnds == WorkEndPolicy.Default ? WorkEndPolicy.StepDown : _settings.WhenWorkEnds;
        _turn.Report(new ElectionEvent.WorkFaulted(work, exception, policy));
        if (policy == WorkEndPolicy.Restart)
            Restart(work);
        else if (policy != WorkEndPolicy.Stay)
            End(policy, Election.StopReason.WorkFaulted);
    }

    /// <summary>Does what has fallen due, other than renewing.</summary>
    public void Advance()
    {
        if (Holds && _turn.Instant >= _drainUntil)
            Lose(Election.StopReason.DrainTimedOut, _settings.Identity);
        if (Holds && _renewalFailed && !_inDanger && _turn.Instant >= DangerAt)
            Endanger();
        foreach ((TimeSpan At, int Work) restart in _restarts.FindAll(restart => restart.At <= _turn.Instant))
        {
            _restarts.Remove(restart);
            _turn.Out(new ElectionOutput.RestartWork(restart.Work));
        }

        if (!HasOverrun && _turn.Instant >= _overrunAt)
            Overrun();
    }

    /// <summary>When <see cref="Advance"/> or a look at the validity has something to do.</summary>
    public IEnumerable<TimeSpan> DueTimes()
    {
        yield return _overrunAt;
        if (!Holds)
            yield break;
        yield return Validity.Deadline;
        yield return RenewAt;
        if (_renewalFailed)
            yield return DangerAt;
        yield return _drainUntil;
        foreach ((TimeSpan at, _) in _restarts)
            yield return at;
    }

    /// <summary>Once for each row of failures: work can still save what it has done (design 5, rule 17).</summary>
    private void Endanger()
    {
        _inDanger = true;
        _turn.Out(new ElectionOutput.EndangerTerm());
        _turn.Report(new ElectionEvent.TermInDanger(Left));
    }

    private void Stop(StopReason reason)
    {
        _restarts.Clear();
        if (StopReason is not null)
            return;
        StopReason = reason;
        _turn.Out(new ElectionOutput.StopWork(reason));
    }

    private void Restart(int work) => _restarts.Add((_turn.Instant + _pause.Next(_turn.Instant), work));

    private void End(WorkEndPolicy policy, StopReason reason)
    {
        if (policy == WorkEndPolicy.StopHost)
            _turn.Out(new ElectionOutput.StopHost("its work has ended and LeaderElection:WhenWorkEnds is StopHost"));
        Drain(reason);
    }

    private void Overrun()
    {
        HasOverrun = true;
        _turn.Report(new ElectionEvent.WorkOverran(_settings.StopTimeout));
        const string reason = "its work still runs although another process may lead";
        if (_settings.WhenWorkOverruns == WorkOverrunPolicy.StopHost)
            _turn.Out(new ElectionOutput.StopHost(reason));
        else if (_settings.WhenWorkOverruns == WorkOverrunPolicy.FailFast)
            _turn.Out(new ElectionOutput.FailFast(reason));
    }
}
