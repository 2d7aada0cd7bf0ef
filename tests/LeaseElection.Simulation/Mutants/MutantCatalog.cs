namespace LeaseElection.Simulation;

/// <summary>
/// The mutants: six mistakes that other electors make first, then those that we thought of, and at the end mistakes that the library really
/// made until this simulator saw them.
/// </summary>
internal static class MutantCatalog
{
    private const string Elector = "Election/Elector.cs";
    private const string Term = "Election/ElectionTerm.cs";
    private const string View = "Election/LeaseView.cs";
    private const string Requests = "Election/RequestKeeper.cs";
    private const string Records = "Election/LeaseRecords.cs";
    private const string Pacer = "Election/RetryPacer.cs";
    private const string NextTime = "return SecondOf(next) == SecondOf(renewed) ? renewed + Step : next;";
    private const string MostAhead = "MostAhead(settings) : TimeSpan.Zero";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "the deadline counts from the response, not from the request",
            new(
                Elector, "Term = new ElectionTerm(TermFacts.Of(lease, request), request.Sent,",
                "Term = new ElectionTerm(TermFacts.Of(lease, request), _turn.Now,"),
            new(Elector, "Term?.Extend(request);", "Term?.Extend(request with { Counts = _turn.Now });")),
        new(
            "a write carries no uid",
            new MutantEdit(
                Requests, "new ElectionOutput.Replace(current, record,",
                "new ElectionOutput.Replace(current with { Uid = \"\" }, record,")),
        new(
            "a renewal within the same second is no sign of life",
            new MutantEdit(
                View, "old == lease.Record;",
                "old is not null && old with { RenewTime = null } == lease.Record with { RenewTime = null }"
                + " && old.RenewTime?.ToUnixTimeSeconds() == lease.Record.RenewTime?.ToUnixTimeSeconds();")),
        new(
            "the lease is released while work is still stopping",
            new MutantEdit(
                Elector, "_view.Latest!, term.NextRenewal(_view.Latest!.Record), term.Left",
                "_view.Latest!, term.StopReason is null ? term.NextRenewal(_view.Latest!.Record)"
                + " : (LeaseRecords.Release(_view.Latest!.Record, _settings, _turn.Now.Wall), _turn.Now), term.Left")),
        new(
            "IsHeld is a flag that the loop clears",
            new MutantEdit("LeadershipTerm.cs", "IsHeld => !_ended && _validity.IsValid(_clock.Now);", "IsHeld => !_ended;")),
        new(
            "nothing is read after a 409",
            new MutantEdit(
                Requests, "        MustRead = true;\n        if (_conflictsInARow++ > 0)", "        if (_conflictsInARow++ > 0)")),

        new(
            "expiry counts from the holder's renewTime by our wall clock",
            new(
                Elector, "_view.Observe(lease, _turn.Instant, newest,",
                "_view.Observe(lease, _turn.Instant - (_turn.Now.Wall - (lease.Record.RenewTime ?? _turn.Now.Wall)), newest,"),
            new(
                Elector, "_view.ObserveNext(changed.Lease, _turn.Instant,",
                "_view.ObserveNext(changed.Lease, _turn.Instant - (_turn.Now.Wall - (changed.Lease.Record.RenewTime ?? _turn.Now.Wall)),")),
        new(
            "an edit of labels is a sign of life",
            new MutantEdit(View, "old == lease.Record;", "Latest!.ResourceVersion == lease.ResourceVersion;")),
        new(
            "a take-over that turns up is adopted without a renewal",
            new MutantEdit(
                Elector, "            _news.IsOurs();\n            return;",
                "            _news.IsOurs();\n            if (Term is null && !_shuttingDown && _memory.IsOurs && _idle == "
                    + "LeaderElectionState.Standby)\n"
                + "                Term = new ElectionTerm(TermFacts.Of(_view.Latest!, new ElectionRequest(RequestPurpose.TakeOver, "
                + "_turn.Now, _turn.Now, 0, 0)),"
                + " _turn.Now, _settings, _turn, _pause);\n            return;")),
        new(
            "work starts before the write is confirmed",
            new MutantEdit(
                Elector, "_requests.Write(RequestPurpose.TakeOver, _view.Latest, record, TimeSpan.MaxValue);",
                "_requests.Write(RequestPurpose.TakeOver, _view.Latest, record, TimeSpan.MaxValue);\n"
                + "            Term = new ElectionTerm(new TermFacts(0, _turn.Now.Wall, \"1\", "
                + "null), _turn.Now, _settings, _turn, _pause);")),
        new(
            "whose identity begins with ours is us",
            new MutantEdit(
                "Election/OwnWrites.cs", "lease.Record == _confirmed || _records.Contains(lease.Record)",
                "lease.Record.HolderIdentity is { } holder && (_confirmed ?? _records.LastOrDefault())?.HolderIdentity is { } me && "
                    + "holder.StartsWith(me)")),
        new("renewTime is whatever the wall clock says", new MutantEdit(Records, NextTime, "return now;")),
        new(
            "where the wall clock is behind, renewTime is a microsecond later than the last (a bug of ours)",
            new MutantEdit(Records, NextTime, "return renewed >= now ? renewed.AddMicroseconds(1) : now;")),
        new("renewals within a second look alike", new MutantEdit(Records, NextTime, "return next == renewed ? renewed + Step : next;")),
        new("renewTime swings between two seconds", new MutantEdit(Records, MostAhead, "OneSecond * 1.5 : TimeSpan.Zero")),
        new(
            "renewTime swings between two seconds, and the same records come back",
            new(Records, MostAhead, "OneSecond * 1.5 : TimeSpan.Zero"),
            new(Records, "OneSecond + TimeSpan.FromMicroseconds(1)", "OneSecond")),
        new(
            "another holder's time is carried on where it is a little ahead",
            new MutantEdit(Records, MostAhead, "MostAhead(settings) : MostAhead(settings)")),
        new("a time that is far ahead is carried on", new MutantEdit(Records, MostAhead, "TimeSpan.FromDays(99999) : TimeSpan.Zero")),
        new(
            "a holder that has not written both times is free at once (a bug of ours)",
            new MutantEdit(
                "Leases/LeaseRecord.cs", "LeaseDurationSeconds > 0;",
                "LeaseDurationSeconds > 0 && AcquireTime is not null && RenewTime is not null;")),
        new(
            "a standby waits ten seconds, whatever the record says",
            new MutantEdit(View, "= record.LeaseDurationSeconds!.Value;", "= Math.Min(record.LeaseDurationSeconds!.Value, 10);")),
        new(
            "a timer that fires early is believed",
            new MutantEdit(
                Elector, "else if (_turn.Instant >= _candidacy.TakeOverAt)",
                "else if (_turn.Instant + _settings.LeaseDuration / 10 >= _candidacy.TakeOverAt)")),
        new(
            "a new term begins while work of the last one runs",
            new MutantEdit(
                Elector, "        Term?.Advance();\n",
                "        if (Term is { Holds: false })\n            Term = null;\n        Term?.Advance();\n")),
        new(
            "a lease that was deleted is free at once",
            new MutantEdit(
                View, "        bool same = Latest is null;\n",
                "        bool same = Latest is null;\n        FreeAt = TimeSpan.MinValue;\n")),
        new(
            "a take-over whose reply took longer than the deadline begins a term",
            new MutantEdit(Elector, " && TermValidity.From(request.Sent, _settings.RenewDeadline).IsValid(_turn.Now))", ")")),
        new(
            "a leader waits as long as Retry-After says",
            new MutantEdit(Pacer, "if (deadline is { } end && pause", "if (retryAfter is null && deadline is { } end && pause")),
        new(
            "a watch may go back in time",
            new MutantEdit(View, "IsNewer(lease.ResourceVersion, inOrder: true) ?", "lease.ResourceVersion.Length > 0 ?")),
        new(
            "a wall clock that ran ahead means nothing",
            new MutantEdit(
                "Election/TermValidity.cs", "now.WallLead - WallLead > JumpTolerance;", "now.WallLead - WallLead > TimeSpan.MaxValue;")),
        new(
            "a holder wiped out by hand has released",
            new MutantEdit(View, "!record.HasHolder && record.LeaseDurationSeconds == 1;", "!record.HasHolder;")),
        new(
            "a proof of death speaks of whoever holds the lease now",
            new MutantEdit(View, " || lease.ResourceVersion != resourceVersion || FreeAt", " || FreeAt")),
        new("retries do not pause", new MutantEdit(Pacer, "NextAt = now + (pause > Least ? pause : Least);", "NextAt = now;")),
        new(
            "the fencing token is the version that was read before the write",
            new MutantEdit(
                "Election/TermFacts.cs", "FencingToken.TryParse(lease.ResourceVersion, out FencingToken token) && token.Value > "
                    + "request.GreatestVersion ? token : null",
                "new FencingToken(request.GreatestVersion)")),
        new(
            "each renewal counts as a transition",
            new MutantEdit(
                Records, "held with { RenewTime = NextRenewTime(held, settings, wall) };",
                "held with { RenewTime = NextRenewTime(held, settings, wall), LeaseTransitions = held.LeaseTransitions + 1 };")),
        new(
            "a leader that sees another holder goes on until its deadline",
            new MutantEdit(Elector, "        HeldTerm?.LoseTo(_view.Latest, Holder);\n", "")),
        new(
            "work starts after stop was asked for",
            new MutantEdit(Elector, "        if (_shuttingDown || _stepDownWanted)\n        {", "        if (_stepDownWanted)\n        {")),
        new(
            "the lease is not renewed while work drains",
            new MutantEdit(
                Elector, "else if (HeldTerm is { } term && _requests.MaySend)",
                "else if (HeldTerm is { StopReason: null } term && _requests.MaySend)")),
        new("work that faulted starts again after it was told to stop", new MutantEdit(Term, "        _restarts.Clear();\n", "")),
        new("an unknown outcome counts as renewed", new MutantEdit(Elector, "                Own.LostTrack();\n", "                "
            + "Own.LostTrack();\n                HeldTerm?.Extend(new ElectionRequest(RequestPurpose.Renew, _turn.Now, _turn.Now, 0, "
            + "0));\n")),
        new(
            "a request may take as long as the term has left",
            new MutantEdit(Requests, "=> left < settings.LongestRequest ? left", "=> left < TimeSpan.FromHours(1) ? left")),
        new("what a process abandoned is free for it at once", new MutantEdit("Election/LeaseMemory.cs", "        View.Disown();\n", "")),
        new("what a process abandoned is still its own", new MutantEdit("Election/LeaseMemory.cs", "        Own = new OwnWrites();\n", "")),
        new(
            "what was seen of a holder counts from the last look of an earlier elector",
            new MutantEdit(Elector, "        _view = memory.View;\n", "        _view = memory.View;\n        _view.ForgetPromise();\n"),
            new MutantEdit(View, "    public void Disown()\n", "    public void ForgetPromise() => FreeAt = FreeAt == TimeSpan.MinValue ? "
                + "FreeAt : RenewalSeenAt ?? FreeAt;\n\n    public void Disown()\n")),
        new("a term that is in danger says nothing", new MutantEdit(Term, "        _turn.Out(new ElectionOutput.EndangerTerm());\n", "")),
        new(
            "a term is in danger though no renewal has failed",
            new MutantEdit(Term, "if (Holds && _renewalFailed && !_inDanger", "if (Holds && !_inDanger")),
        new(
            "a term is in danger from the first failure on",
            new MutantEdit(Term, "Validity.Deadline - (_settings.RenewDeadline / 2);", "TimeSpan.MinValue;")),
        new("a failure counts though a renewal has succeeded since", new MutantEdit(Term, "        _renewalFailed = false;\n", "")),
        new(
            "a term stays in danger after a renewal that succeeded",
            new MutantEdit("LeadershipTerm.cs", "(_inDanger, _danger) = (false, null);", "_inDanger = false;")),
        new(
            "a take-over that was overtaken by a deletion begins a term (a bug of ours)",
            new(Elector, "else if (_memory.IsOurs && _view.FreeAt <= _turn.Instant\n            && TermValidity",
                "else if (_memory.IsOurs && TermValidity"),
            new(View, "        if (own && FreeAt <= at)\n", "        if (own)\n")),
        new(
            "a lease that a look finds deleted is waited for no longer than the look before said (a bug of ours)",
            new MutantEdit(View, "        PromiseUnseen(at, unseen);\n        _wasOvertaken = false;\n", "        _ = unseen;\n")),
    ];
}
