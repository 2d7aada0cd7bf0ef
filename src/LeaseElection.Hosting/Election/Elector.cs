using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// The core: a pure state machine. It is told what happened and when, and answers what to do. It has no clock, no I/O, no logger
/// and no thread of its own, so that a table or a simulator can drive this very class through anything (design 5).
/// </summary>
/// <remarks>
/// Each input is first applied; then <see cref="Advance"/> looks at the state and the clock and puts out what is due. What is due is
/// never stored as a promise to act, so a timer that fires early, late or twice changes nothing.
/// </remarks>
internal sealed class Elector
{
    private readonly ElectorSettings _settings;
    private readonly ElectionTurn _turn = new();
    private readonly LeaseMemory _memory;
    private readonly LeaseView _view;
    private readonly RequestKeeper _requests;
    private readonly WatchKeeper _watch;
    private readonly GrowingPause _pause;
    private readonly Candidacy _candidacy;
    private readonly ReleaseKeeper _release;
    private readonly HolderNews _news;
    private readonly NoteKeeper _notes;

    /// <summary>What this process does when it has no term.</summary>
    private LeaderElectionState _idle = LeaderElectionState.Standby;
    private bool _shuttingDown;
    private bool _stepDownWanted;

    /// <param name="settings">What it runs by.</param>
    /// <param name="random">Spreads what would otherwise happen everywhere at once.</param>
    /// <param name="memory">What earlier electors of this process have seen of the lease; <see langword="null"/> for nothing.</param>
    public Elector(ElectorSettings settings, Random random, LeaseMemory? memory = null)
    {
        _settings = settings;
        _memory = memory ??= new LeaseMemory();
        _view = memory.View;
        var guard = new TakeOverGuard(settings, _turn, memory);
        _notes = new NoteKeeper(settings, _turn, guard);
        _requests = new RequestKeeper(settings, _turn, memory, _notes, random);
        _watch = new WatchKeeper(_turn, () => _view.WatchFrom, () => _view.SilenceBy(settings));
        _pause = new GrowingPause(random);
        _candidacy = new Candidacy(settings, _turn, _view, guard, _pause, random);
        _release = new ReleaseKeeper(settings, _turn, memory, _requests);
        _news = new HolderNews(settings, _turn);
    }

    public LeaderElectionState State => Term switch
    {
        null => _idle,
        { StopReason: null } => LeaderElectionState.Leading,
        _ => LeaderElectionState.Draining,
    };

    /// <summary>The term whose work runs; <see langword="null"/> once the last piece has ended.</summary>
    public ElectionTerm? Term { get; private set; }

    /// <summary>The newest version of the lease that this process has seen.</summary>
    public Lease? Lease => _view.Latest;

    /// <inheritdoc cref="NoteKeeper.Shown"/>
    public NoteTexts Notes => _notes.Shown;

    /// <inheritdoc cref="RequestKeeper.LastError"/>
    public LeaseStoreError? LastError => _requests.LastError;

    /// <inheritdoc cref="RequestKeeper.AnsweredAt"/>
    public TimeSpan? AnsweredAt => _requests.AnsweredAt;

    /// <inheritdoc cref="LeaseView.RenewalSeenAt"/>
    public TimeSpan? RenewalSeenAt => _view.RenewalSeenAt;

    public IReadOnlyList<ElectionOutput> Handle(ElectionInput input, ElectionTime now)
    {
        _turn.Begin(now);
        if (State == LeaderElectionState.Stopped)
            return _turn.End();

        // Before anything else: a reply that arrives after the deadline must find the term over (design 5, rule 1).
        if (HeldTerm?.BecomesDoubtful(Holder) is true)
            _requests.Forget();
        Apply(input);
        Advance();
        return _turn.End();
    }

    private OwnWrites Own => _memory.Own;

    private string? Holder => _memory.Holder;

    private ElectionTerm? HeldTerm => Term is { Holds: true } term ? term : null;

    /// <summary>How long whoever held the lease between two looks is waited for. Nobody else can have held what we surely hold.</summary>
    private TimeSpan Unseen => !_settings.HasRivals || HeldTerm?.Validity.IsValid(_turn.Now) is true ? default : _settings.LeaseDuration;

    /// <summary>Whether another's lease has to end first, and somebody has the time to wait for that.</summary>
    private bool IsWaiting => State == LeaderElectionState.Standby && !_candidacy.IsLastTry && _candidacy.TakeOverAt > _turn.Instant;

    /// <summary>Whether the one it stands for has had what he came for: his last attempt, or refusals that do not pass.</summary>
    private bool IsInVain => !_requests.IsPending && (_candidacy.IsOver || (_settings.ForOneTerm && _requests.IsRefusedForGood));

    /// <summary>Whether stepping down was asked for and others are to lead first; whoever shuts down does not come back anyway.</summary>
    private bool MustYield => _stepDownWanted && !_shuttingDown;

    private void Apply(ElectionInput input)
    {
        switch (input)
        {
            case ElectionInput.Started or ElectionInput.TimerFired:
                break;
            case ElectionInput.TermExpired expired:
                HeldTerm?.OnExpired(expired.Term, Holder);
                break;
            case ElectionInput.ReadFound found:
                OnRead(found.Lease);
                break;
            case ElectionInput.ReadAbsent:
                OnRead(null);
                break;
            case ElectionInput.ReadFailed failed:
                OnFailure(failed.Error);
                break;
            case ElectionInput.WriteSucceeded written:
                OnWritten(written.Lease);
                break;
            case ElectionInput.WriteConflicted:
                OnConflict();
                break;
            case ElectionInput.WriteFailed failed:
                OnFailure(failed.Error);
                break;
            case ElectionInput.WriteUnknown unknown:
                Own.LostTrack();
                OnFailure(unknown.Error);
                break;
            case ElectionInput.Watched watched:
                OnWatched(watched.Event);
                break;
            case ElectionInput.WatchEnded:
                _watch.Ended();
                break;
            case ElectionInput.WatchBroken broken:
                _watch.Broke(broken.Error);
                break;
            case ElectionInput.WorkReturned or ElectionInput.WorkFaulted:
                Term?.OnWorkEnded(input);
                break;
            case ElectionInput.WorkStopped:
                OnWorkStopped();
                break;
            case ElectionInput.StepDownRequested:
                _stepDownWanted = State != LeaderElectionState.Standby;
                Term?.Drain(StopReason.StepDown);
                break;
            case ElectionInput.ShutDownRequested:
                _shuttingDown = true;
                Term?.Drain(StopReason.ShutDown);
                break;
            case ElectionInput.WaitingEnded:
                _candidacy.LastTry();
                break;
            case ElectionInput.NoteWanted or ElectionInput.FirstNotesChanged:
                _notes.Apply(input, HeldTerm?.Facts);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "The set of inputs is closed.");
        }
    }

    private void OnRead(Lease? lease)
    {
        bool newest = _view.HasSeenNothingSince(_requests.ReadDone());
        _watch.Refreshed();
        See(lease is not null ? _view.Observe(lease, _turn.Instant, newest, Own.Contains(lease), Unseen)
            : newest ? _view.ObserveAbsent(_turn.Instant, Unseen) : Sighting.Stale);
        _candidacy.Looked();
        if (State == LeaderElectionState.Standby && _candidacy.TakeOverAt > _turn.Instant)
            _requests.Recovered(); // Nothing to write: reading was all there was to do.
    }

    private void OnWritten(Lease lease)
    {
        ElectionRequest request = _requests.WriteDone(lease.Record);
        _view.Observe(lease, _turn.Instant, _view.HasSeenNothingSince(request), own: true);
        _watch.Refreshed();
        _news.IsOurs();
        if (request.Purpose == RequestPurpose.TakeOver)
            OnTakenOver(request, lease);
        else if (request.Purpose == RequestPurpose.Renew)
            Term?.Extend(request);
        else
            EndRelease(told: new ElectionEvent.Released());
    }

    private void OnTakenOver(ElectionRequest request, Lease lease)
    {
        _idle = LeaderElectionState.Standby;
        if (_shuttingDown || _stepDownWanted)
        {
            // No work starts once stop was asked for (design 5, rule 11): the lease is ours, and nobody works for it.
            if (MustYield)
                _candidacy.Yield();
            Release();
        }
        else if (_memory.IsOurs && _view.FreeAt <= _turn.Instant
            && TermValidity.From(request.Sent, _settings.RenewDeadline).IsValid(_turn.Now))
            Term = new ElectionTerm(TermFacts.Of(lease, request), request.Sent, _settings, _turn, _pause);

        // Otherwise the reply took too long to prove anything, or somebody wrote after us, or may still work whose lease was deleted before
        // our request arrived. Still a standby: once nobody is to be waited for, the write that takes the lease again proves the term.
    }

    private void OnConflict()
    {
        _candidacy.Failed();
        _requests.Conflicted(HeldTerm?.Validity.Deadline);
        HeldTerm?.OnConflict();
        _watch.Mistrust();
        EndTakingOver();
    }

    /// <summary>A request failed, or nobody knows what became of it: neither lost nor renewed (design 5, rules 8 and 9).</summary>
    private void OnFailure(LeaseStoreError error)
    {
        ElectionRequest request = _requests.Failed(error, HeldTerm?.Validity.Deadline);
        _candidacy.Failed();
        EndTakingOver();
        if (HeldTerm is { } term)
            term.OnFailure(new ElectionEvent.RenewalFailed(error, _requests.Failures, term.Left), request.Sent, Holder);
        else
            _turn.Report(new ElectionEvent.StoreFailed(error, _requests.Failures));
    }

    private void OnWatched(LeaseEvent happened)
    {
        _requests.Heard();
        _watch.Heard(happened);
        TimeSpan unseen = happened.HasGaps ? Unseen : TimeSpan.Zero;
        if (happened is LeaseEvent.Changed changed)
            See(_view.ObserveNext(changed.Lease, _turn.Instant, Own.Contains(changed.Lease), unseen));
        else if (happened is LeaseEvent.Deleted deleted)
            See(_view.ObserveDeleted(deleted.ResourceVersion, _turn.Instant, unseen));
        else if (happened is LeaseEvent.HolderDead dead && _view.ProveDead(dead.ResourceVersion))
            _turn.Report(new ElectionEvent.HolderProvenDead(Holder!));
    }

    /// <summary>What a new version of the lease, or its end, means.</summary>
    private void See(Sighting sighting)
    {
        if (sighting != Sighting.Changed)
            return;
        if (Own.Contains(_view.Latest))
        {
            _news.IsOurs();
            return;
        }

        _candidacy.OnChanged(Holder);
        HeldTerm?.LoseTo(_view.Latest, Holder);
        _news.Tell(Holder);
    }

    /// <summary>The last piece of work has really ended: only now may the lease be given up, or another term begin.</summary>
    private void OnWorkStopped()
    {
        if (Term is not { StopReason: { } reason } term)
            return;
        Term = null;
        _shuttingDown |= _settings.ForOneTerm;
        if (term.HasOverrun)
            _turn.Report(new ElectionEvent.OverrunEnded());
        if (!_shuttingDown && reason is StopReason.WorkFaulted or StopReason.WorkReturned)
            _candidacy.Recover();
        else if (MustYield)
            _candidacy.Yield();

        // A lost lease may still be in our name after an outage. Nobody needs to wait for it when we are not coming back.
        bool ours = term.Holds || ((_shuttingDown || _stepDownWanted) && _memory.IsOurs);
        if (ours && (_settings.ReleaseOnStop || !_shuttingDown))
            Release();
        else
            EndRelease();
    }

    private void Advance()
    {
        Term?.Advance();
        _notes.Look(_view.Latest, HeldTerm?.Facts);
        AdvanceWatch();
        if (State == LeaderElectionState.Standby && IsInVain && !_shuttingDown)
        {
            // Nobody waits any more for the lease: what is left to do is what a host's stop leaves to do.
            _turn.Report(new ElectionEvent.GaveUp(LastError));
            _shuttingDown = true;
        }
        if (State == LeaderElectionState.Standby && _shuttingDown)
            Retire();
        if (State == LeaderElectionState.Releasing && _release.Advance())
            EndRelease();
        if (State == LeaderElectionState.Standby && _requests.MaySend)
            AdvanceStandby();
        else if (HeldTerm is { } term && _requests.MaySend)
            AdvanceRenewal(term);
        if (State != LeaderElectionState.Stopped)
            Wake();
    }

    private void AdvanceWatch()
    {
        if (_settings.ForOneTerm && Term is not null)
            _watch.Close();

        // What was seen by an earlier elector may be long ago, and a look may be all that there is time for.
        if (!_watch.MayOpen() || _shuttingDown || (_settings.ForOneTerm && (!IsWaiting || _requests.MustRead)))
            return;

        // A leader's next renewal tells the newest version; a standby has to ask.
        if (_watch.NeedsFreshVersion)
            _requests.MustRead |= State == LeaderElectionState.Standby;
        else
            _watch.Open();
    }

    private void AdvanceStandby()
    {
        if (_requests.MustRead || (!_watch.IsLive && _turn.Instant >= _requests.PollAt))
        {
            _requests.Read(TimeSpan.MaxValue);
        }
        else if (_turn.Instant >= _candidacy.TakeOverAt)
        {
            _idle = LeaderElectionState.TakingOver;
            LeaseRecord record = LeaseRecords.Acquire(_view.Latest, _settings, _turn.Now.Wall);
            _requests.Write(RequestPurpose.TakeOver, _view.Latest, record, TimeSpan.MaxValue);
        }
    }

    private void AdvanceRenewal(ElectionTerm term)
    {
        if ((_turn.Instant < term.RenewAt && !_notes.IsDue) || term.Left <= RetryPacer.Least)
            return; // Not yet, or too late for any answer: a time-out of our own making would only hide what is really wrong.
        if (_requests.MustRead)
            _requests.Read(term.Left);
        else
            _requests.Renew(_view.Latest!, term.NextRenewal(_view.Latest!.Record), term.Left);
    }

    /// <summary>
    /// A standby whose host stops just leaves, unless the lease is or may be in its name: after a term that was lost in an outage, or
    /// a take-over whose outcome nobody knows. The others would wait for nothing.
    /// </summary>
    private void Retire()
    {
        if (_settings.ReleaseOnStop && (Own.HasUnresolved || _memory.IsOurs))
            Release();
        else
            _idle = LeaderElectionState.Stopped;
    }

    private void Wake() => _turn.WakeAtNext(
    [
        _watch.DueAt, _notes.DueAt, _requests.IsPending ? TimeSpan.MinValue : _requests.NextAt,
        State == LeaderElectionState.Standby ? _candidacy.TakeOverAt : TimeSpan.MinValue,
        State == LeaderElectionState.Standby && !_watch.IsLive ? _requests.PollAt : TimeSpan.MinValue,
        State == LeaderElectionState.Releasing ? _release.Until : TimeSpan.MinValue,
        .. Term?.DueTimes() ?? [],
    ]);

    private void Release()
    {
        _idle = LeaderElectionState.Releasing;
        _release.Begin();
    }

    private void EndRelease(ElectionEvent? told = null)
    {
        if (told is not null)
            _turn.Report(told);
        if (MustYield)
            _candidacy.Yielded();
        _stepDownWanted = false;
        _idle = _shuttingDown ? LeaderElectionState.Stopped : LeaderElectionState.Standby;
    }

    private void EndTakingOver()
    {
        if (_idle != LeaderElectionState.TakingOver)
            return;
        _idle = LeaderElectionState.Standby;
        if (MustYield)
            _candidacy.Yield();
        if (MustYield && Own.HasUnresolved)
            Release();
        else
            _stepDownWanted = false;
    }
}
