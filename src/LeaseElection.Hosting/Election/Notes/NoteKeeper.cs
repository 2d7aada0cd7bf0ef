using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Notes;

/// <summary>
/// What the terms of this process say with their lease. A note is written by a renewal, so nobody writes one who does not hold the lease,
/// and what is confirmed is seen by every later term. This decides which writes carry which notes, how often one is sent for their sake,
/// and what has become of them.
/// </summary>
internal sealed class NoteKeeper(ElectorSettings settings, ElectionTurn turn, TakeOverGuard guard)
{
    /// <summary>
    /// After one that came to nothing, since the next has to be preceded by a read; doubled with each failure, up to 16 s.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>In the order in which they were said.</summary>
    private readonly List<NoteWrite> _open = [];

    /// <summary>The last thing said by each key among them, for their length.</summary>
    private readonly Dictionary<string, string?> _last = new(StringComparer.Ordinal);

    /// <summary>
    /// The renewals that may still take effect, and how many of the open notes each of them says: also those that say none, because two of
    /// the same version may look alike.
    /// </summary>
    private readonly List<(string? Version, LeaseRecord Record, int Carried)> _attempts = [];
    private IReadOnlyDictionary<string, string> _first = NoteTexts.None;
    private Lease? _seen;
    private TimeSpan _nextAt = TimeSpan.MinValue;

    /// <summary>Until when renewals say nothing, after one that said something and came to nothing.</summary>
    private TimeSpan _quietUntil = TimeSpan.MinValue;
    private int _failures;

    /// <summary>
    /// Whether the next renewal says nothing. A note that the server does not like, or a network that lets no long request
    /// through, must not cost the term.
    /// </summary>
    private bool _isQuietNext;
    private (LeaseStoreError Error, int Carried)? _refusal;

    /// <summary>What the take-over says that was sent last, and what it was to say and does not.</summary>
    private (IReadOnlyDictionary<string, string> Said, IReadOnlyDictionary<string, string> Owed) _begun = (NoteTexts.None, NoteTexts.None);

    /// <summary>
    /// Whether the next take-over, or release, leaves the notes as they are, because the last one was refused that changed them: otherwise
    /// nobody would ever lead where the store likes a lease, and not what is said on it, or taken away. What a take-over owes is said by
    /// the first renewal, like all other notes; what it takes away is shown to nobody anyway.
    /// </summary>
    private bool _isNextUnchanged;

    /// <summary>Whether the last of them that was sent changes notes.</summary>
    private bool _hasChanged;

    /// <summary>The notes of the newest version that was seen.</summary>
    public NoteTexts Shown { get; private set; } = NoteTexts.None;

    /// <summary>Whether a renewal is to be sent for their sake.</summary>
    public bool IsDue => _open.Count > 0 && turn.Instant >= NextAt;

    public TimeSpan DueAt => _open.Count > 0 ? NextAt : TimeSpan.MinValue;

    /// <summary>Not while renewals say nothing: such a one sent for their sake would leave them as due as before.</summary>
    private TimeSpan NextAt => _nextAt > _quietUntil ? _nextAt : _quietUntil;

    /// <param name="input">What is to be said, now or by each later term from its first instant.</param>
    /// <param name="held">The term that is held; <see langword="null"/> for none.</param>
    public void Apply(ElectionInput input, TermFacts? held)
    {
        if (input is ElectionInput.NoteWanted wanted)
            Add(wanted.Write, held);
        else if (input is ElectionInput.FirstNotesChanged changed)
            _first = changed.Notes;
    }

    /// <summary>
    /// Looks at what is known of the lease by now. A version that bears the record of a renewal of ours confirms what that said, whoever
    /// brings it: the reply, a read after a reply that was lost, or the watch; and whatever others have made of its notes since.
    /// </summary>
    /// <param name="latest">The newest version that was seen.</param>
    /// <param name="held">The term that is held; <see langword="null"/> for none.</param>
    public void Look(Lease? latest, TermFacts? held)
    {
        guard.Look(held);
        if (held is null)
            End();
        if (held is not null && _begun.Owed.Count > 0)
            SayOwed(held);
        if (ReferenceEquals(latest, _seen))
            return;
        _seen = latest;
        NoteTexts shown = NoteAnnotations.Read(latest);
        Shown = shown.Equals(Shown) ? Shown : shown;
        if (_attempts.Count > 0 && latest is not null)
            Confirm(latest.Record);
    }

    /// <summary>What goes with a write that is about to be sent.</summary>
    public IReadOnlyDictionary<string, string?> GoWith(RequestPurpose purpose, Lease? current, LeaseRecord record)
    {
        if (purpose == RequestPurpose.Renew)
            return Renewal(current, record);
        bool isUnchanged = _isNextUnchanged;
        IReadOnlyDictionary<string, string> begins = purpose == RequestPurpose.TakeOver ? TakeOver(isUnchanged) : NoteTexts.None;
        _isNextUnchanged = false;
        _hasChanged = !isUnchanged && (begins.Count > 0 || NoteAnnotations.AreOn(current));
        if (!_hasChanged)
            return LeaseWrite.Unchanged;
        NoteChanges changes = new(current, record);
        changes.ClearTerms();
        foreach ((string key, string value) in begins)
            changes.Put(key, value, NoteLife.Term);
        return changes.Annotations;
    }

    /// <summary>A request was refused, or nobody knows what became of it.</summary>
    public void Failed(RequestPurpose purpose, LeaseStoreError error)
    {
        if (purpose == RequestPurpose.Renew)
            RenewalFailed(error);
        else if (purpose != RequestPurpose.Read)
            HandOverFailed(error);
    }

    private void RenewalFailed(LeaseStoreError error)
    {
        guard.RenewalFailed();
        if (_open.Count == 0)
            return;
        if (_attempts is not [.., { Carried: > 0 and int carried }])
        {
            _nextAt = turn.Instant + Pause; // It is not for the notes.
            return;
        }

        _nextAt = _quietUntil = turn.Instant + (Pause * Math.Pow(2, Math.Min(_failures++, 4)));
        _isQuietNext = true;
        if (error.Kind is LeaseStoreErrorKind.Rejected or LeaseStoreErrorKind.Forbidden)
            _refusal = (error, carried);
    }

    /// <summary>
    /// Somebody else was faster: the next attempt has to look first. Where there is nothing to say that was no attempt of ours, but one to
    /// take the lease: the term that follows need not be silent for it.
    /// </summary>
    public void Conflicted()
    {
        _begun = (NoteTexts.None, NoteTexts.None);
        if (_open.Count > 0)
            _nextAt = turn.Instant + Pause;
    }

    private void Add(NoteWrite write, TermFacts? held)
    {
        if (write.Term != held)
        {
            Settle([write], NoteOutcome.LeadershipLost);
        }
        else if (IsTooMuch(write))
        {
            Settle([write], NoteOutcome.TooMuch);
        }
        else
        {
            _open.Add(write);
            _last[write.Key] = write.Value;
        }
    }

    /// <summary>What a take-over that is about to be sent says.</summary>
    private IReadOnlyDictionary<string, string> TakeOver(bool isQuiet)
    {
        Dictionary<string, string> notes = new(_first, StringComparer.Ordinal);
        if (guard.SaidByTakeOver() is { } count)
            notes.Add(TakeOverGuard.Key, count);
        _begun = isQuiet ? (NoteTexts.None, notes) : (notes, NoteTexts.None);
        return _begun.Said;
    }

    private void HandOverFailed(LeaseStoreError error)
    {
        _isNextUnchanged = _hasChanged && error.Kind is LeaseStoreErrorKind.Rejected or LeaseStoreErrorKind.Forbidden;
        _begun = (NoteTexts.None, NoteTexts.None);
    }

    private void SayOwed(TermFacts held)
    {
        foreach ((string key, string value) in _begun.Owed)
            Add(new NoteWrite(held, key, value, NoteLife.Term), held);
        _begun = (NoteTexts.None, NoteTexts.None);
    }

    private IReadOnlyDictionary<string, string?> Renewal(Lease? current, LeaseRecord record)
    {
        bool isQuiet = _isQuietNext || turn.Instant < _quietUntil;
        int carried = isQuiet ? 0 : _open.Count;
        _attempts.RemoveAll(attempt => attempt.Version != current?.ResourceVersion); // That version has been replaced.
        _attempts.Add((current?.ResourceVersion, record, carried));
        if ((carried > 0 || (_open.Count > 0 && _isQuietNext)) && _nextAt < turn.Instant + settings.NotePace)
            _nextAt = turn.Instant + settings.NotePace;
        bool isForgotten = !isQuiet && guard.IsForgottenByRenewal();
        if (carried == 0 && !isForgotten)
            return LeaseWrite.Unchanged;
        NoteChanges changes = new(current, record);
        foreach (NoteWrite write in _open)
            changes.Put(write.Key, write.Value, write.Life);
        if (isForgotten)
            changes.Put(TakeOverGuard.Key, null, NoteLife.Term);
        return changes.Annotations;
    }

    private void Confirm(LeaseRecord record)
    {
        int carried = int.MaxValue;
        foreach ((_, LeaseRecord sent, int said) in _attempts)
        {
            // Of two that look alike, what both have said was said.
            if (sent == record)
                carried = Math.Min(carried, said);
        }

        if (carried == int.MaxValue)
            return;
        _attempts.Clear();
        _isQuietNext = false;
        if (carried > 0)
        {
            (_failures, _quietUntil) = (0, TimeSpan.MinValue);
            turn.Report(new ElectionEvent.NotesWritten(carried));
            Settle(Take(carried), NoteOutcome.Written);
        }
        else if (_refusal is { } refusal)
        {
            List<NoteWrite> refused = Take(refusal.Carried);
            turn.Report(new ElectionEvent.NotesRefused([.. refused.Select(write => write.Key).Distinct()], refusal.Error));
            Settle(refused, NoteOutcome.Refused, refusal.Error);
        }

        _refusal = null;
    }

    private void End()
    {
        if (_open.Count > 0)
            Settle(Take(_open.Count), NoteOutcome.LeadershipLost);
        _attempts.Clear();
        _isQuietNext = false;
        (_failures, _quietUntil) = (0, TimeSpan.MinValue);
        _refusal = null;
    }

    /// <summary>The first so many are open no longer.</summary>
    private List<NoteWrite> Take(int count)
    {
        List<NoteWrite> taken = _open.GetRange(0, count);
        _open.RemoveRange(0, count);
        _last.Clear();
        foreach (NoteWrite write in _open)
            _last[write.Key] = write.Value;
        return taken;
    }

    /// <summary>Whether it makes too much of what is on the lease. Others may have put more there: less may be said always.</summary>
    private bool IsTooMuch(NoteWrite write)
    {
        if (write.Value is null)
            return false;
        string? before = _last.TryGetValue(write.Key, out string? said) ? said : Shown.GetValueOrDefault(write.Key);
        int added = NoteRules.BytesOf(write.Key, write.Value) - (before is null ? 0 : NoteRules.BytesOf(write.Key, before));
        return added > 0 && Bytes() + added > NoteRules.MostBytes;
    }

    private int Bytes() =>
        Shown.Where(note => !_last.ContainsKey(note.Key)).Sum(note => NoteRules.BytesOf(note.Key, note.Value))
        + _last.Sum(note => note.Value is null ? 0 : NoteRules.BytesOf(note.Key, note.Value));

    private void Settle(IReadOnlyList<NoteWrite> writes, NoteOutcome outcome, LeaseStoreError? error = null) =>
        turn.Out(new ElectionOutput.NotesSettled(writes, outcome, error));
}
