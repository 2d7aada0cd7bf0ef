using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// Checks what is promised of notes. It knows them from what the server was sent, and terms from whose record the lease bears: a note of
/// a term is to be seen for as long as neither holder nor acquireTime has changed since.
/// </summary>
internal sealed class NoteOracle(World world)
{
    /// <summary>A renewal that failed puts them off for up to 16 s, and conflicts for a second each.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(19);

    private readonly Dictionary<Lease, NotesOnLease> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<NoteWrite, (SimProcess Process, TimeSpan Since)> _open = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NoteWrite> _settled = new(ReferenceEqualityComparer.Instance);

    /// <summary>By key and process, the last of its notes that the server took, and the record of the renewal that said it.</summary>
    private readonly Dictionary<(SimProcess, string), (long Number, LeaseRecord Record)> _taken = [];

    /// <summary>By key and process, the last of its notes.</summary>
    private readonly Dictionary<(SimProcess, string), long> _saidBy = [];
    private readonly HashSet<LeaseRecord> _sent = [];

    /// <summary>Records of two writes: the process that sees one cannot know which of them it was.</summary>
    private readonly HashSet<LeaseRecord> _sentTwice = [];

    /// <summary>By key, the last note that was confirmed, and the last that was said at all.</summary>
    private readonly Dictionary<string, long> _confirmed = [];
    private readonly Dictionary<string, long> _said = [];

    /// <summary>By key, the last note of anybody's work when a person last edited it.</summary>
    private readonly Dictionary<string, long> _edited = [];
    private readonly Dictionary<(string?, DateTimeOffset?), int> _termOf = [];
    private int _terms;

    /// <summary>How many notes were confirmed.</summary>
    public int Confirmed { get; private set; }

    public int Lost { get; private set; }

    /// <summary>A version of the lease is stored, by whomever.</summary>
    public void Stored(Lease? before, Lease after, IReadOnlyDictionary<string, string?> annotations)
    {
        NotesOnLease notes = before is null ? NotesOnLease.None : _versions[before];
        bool isSameTerm = before?.Record.HolderIdentity == after.Record.HolderIdentity
            && before?.Record.AcquireTime == after.Record.AcquireTime;
        (string?, DateTimeOffset?) whose = (after.Record.HolderIdentity, after.Record.AcquireTime);
        // The very term that was here before comes back when a version is given away again after a restore, when a person writes a holder
        // back, or when a clock stands still between two terms of one process: what tells of a term is its holder and its acquireTime.
        int term = isSameTerm ? notes.Term : _termOf.TryGetValue(whose, out int known) ? known : ++_terms;
        _termOf[whose] = term;
        notes = notes with { Term = term };
        foreach ((string name, string? value) in annotations)
            notes = notes.With(name, value);
        _versions[after] = notes;
    }

    /// <summary>What the term that a version is of says by one key; <see langword="null"/>: nothing.</summary>
    public string? OfTerm(Lease? lease, string key)
    {
        bool isSaid = lease is { Record.HasHolder: true } && _versions[lease].OfTerms.ContainsKey(key);
        return isSaid && _versions[lease!].OfTerms[key] is var (text, term) && term == _versions[lease!].Term ? text : null;
    }

    /// <summary>A person has written notes, or removed them: whatever was said before counts no longer.</summary>
    public void Edited(IReadOnlyDictionary<string, string?> annotations)
    {
        foreach (string name in annotations.Keys)
            _edited[NotesOnLease.KeyOf(name)] = world.Notes;
    }

    /// <summary>A process sends a request.</summary>
    public void Sent(ElectionOutput request)
    {
        if (request is ElectionOutput.Replace { Record: var record } && !_sent.Add(record))
            _sentTwice.Add(record);
    }

    /// <summary>The server has carried out a write of ours.</summary>
    public void Committed(Call call, Lease? before, Lease after)
    {
        IReadOnlyDictionary<string, string?> annotations = call.Request is ElectionOutput.Replace replace
            ? replace.Annotations : ((ElectionOutput.Create)call.Request).Annotations;
        bool isRenewal = before?.Record.HolderIdentity == call.Process.Identity && before.Record.AcquireTime == after.Record.AcquireTime;
        foreach ((string name, string? value) in annotations)
        {
            if (name == TakeOverOracle.Annotation || NotesOnLease.NumberOf(name, value) is not { } number)
                continue;
            if (!isRenewal && world.Server.RestoredAt < 0)
                world.Oracle.Fail("a note was written by another write than a renewal", call.Process);
            (SimProcess, string) key = (call.Process, NotesOnLease.KeyOf(name));
            (long last, LeaseRecord? record) = _taken.GetValueOrDefault(key, (-1, after.Record));
            if (number == last && world.Server.RestoredAt < 0 && !_sentTwice.Contains(record))
                world.Oracle.Fail("a note that was on the lease was written again", call.Process);
            else if (number < last && world.Server.RestoredAt < 0)
                world.Oracle.Fail("a note was written after a later one", call.Process);
            _taken[key] = (number, after.Record);
        }

        if (isRenewal)
            CheckWaiting(call.Process);
    }

    /// <summary>The core is told of a note.</summary>
    public void Said(SimProcess process, NoteWrite write)
    {
        _open.Add(write, (process, world.Now));
        _saidBy[(process, write.Key)] = SimNotes.NumberOf(write);
        _said[write.Key] = Math.Max(_said.GetValueOrDefault(write.Key), SimNotes.NumberOf(write));
    }

    /// <summary>The core says what has become of notes.</summary>
    public void Settled(SimProcess process, ElectionOutput.NotesSettled settled, ElectionTerm? term)
    {
        foreach (NoteWrite write in settled.Writes)
        {
            if (write.Key is SimNotes.Who or HolderProcess.Note or TakeOverGuard.Key)
                continue; // Said by no work, but owed by a term whose take-over was refused.
            if (!_settled.Add(write) || !_open.Remove(write))
                world.Oracle.Fail("it was said twice what has become of a note", process);
            if (settled.Outcome == NoteOutcome.Written)
                CheckWritten(process, write, term);
            else if (settled.Outcome == NoteOutcome.LeadershipLost && term is { Holds: true } && term.Facts == write.Term)
                world.Oracle.Fail("a note was given up although its term is held", process);
            Lost += settled.Outcome == NoteOutcome.LeadershipLost ? 1 : 0;
        }
    }

    /// <summary>What a process shows, after each turn.</summary>
    public void Shown(SimProcess process, Lease? lease, NoteTexts notes)
    {
        NotesOnLease expected = lease is null ? NotesOnLease.None : _versions[lease];
        if (!expected.IsShownBy(notes))
            world.Oracle.Fail($"the notes '{notes}' are shown where there are '{expected}'", process);
    }

    /// <summary>A term begins, and shows what was confirmed before; and what it has to say itself.</summary>
    public void TermBegan(SimProcess process, NoteTexts notes)
    {
        if (notes.GetValueOrDefault(SimNotes.Who) != process.Identity && !process.Truth.WasRefused)
            world.Oracle.Fail("a term does not say from its first instant what it has to", process);
        if (world.Server.RestoredAt >= 0 || world.Scenario.Faults.Contains(FaultKind.LeaseDeleted))
            return;
        if (process.Node.Stuns.Exists(stun => stun.At >= process.Truth.ProofSentAt))
            return; // It was over long ago, and the machine does not know.
        foreach ((string key, long confirmed) in _confirmed)
        {
            // Removed, or said with the other life, by a later one.
            bool isSuperseded = _said[key] > confirmed || _edited.GetValueOrDefault(key) >= confirmed;
            long shown = notes.TryGetValue(key, out string? value) ? SimNotes.NumberOf(value) : -1;
            if (shown < confirmed && !(shown < 0 && isSuperseded))
                world.Oracle.Fail($"note '{key}' number {confirmed} was confirmed, and a later term sees {shown}", process);
        }
    }

    /// <summary>A process has ended in good order, or stands for somebody else from now on.</summary>
    public void Left(SimProcess process)
    {
        if (_open.Values.Any(open => open.Process == process))
            world.Oracle.Fail("it was never said what has become of a note", process);
    }

    /// <summary>There is nobody left to be told.</summary>
    public void Forget(SimProcess process)
    {
        foreach (NoteWrite write in _open.Where(open => open.Value.Process == process).Select(open => open.Key).ToArray())
            _open.Remove(write);
    }

    /// <summary>Renewals succeed, so what is to be said is said, or refused.</summary>
    private void CheckWaiting(SimProcess process)
    {
        TimeSpan longest = (LongestWait + (process.Settings.RenewInterval * 2)) / (1 - world.Scenario.RateError);
        if (process.Node.TroubledUntil > world.Now - longest || world.Server is not { TamperedAt: < 0, RestoredAt: < 0 })
            return;
        foreach ((SimProcess who, TimeSpan since) in _open.Values)
        {
            if (who == process && world.Now - since > longest)
                world.Oracle.Fail("a note waits on although renewals succeed", process);
        }
    }

    private void CheckWritten(SimProcess process, NoteWrite write, ElectionTerm? term)
    {
        Confirmed++;
        long number = SimNotes.NumberOf(write);
        if (term is not { Holds: true } || term.Facts != write.Term)
            world.Oracle.Fail("a note of a term that is not held was confirmed", process);
        // One that a later one took the place of before it was sent, was not sent; and a removal may have had nothing to do.
        bool isLast = _saidBy[(process, write.Key)] == number;
        // Who was given an old version to read may write once more the very record that it wrote then.
        if (world.Scenario.Faults.Contains(FaultKind.StaleRead))
            isLast = false;
        if (isLast && write.Value is not null
            && (!_taken.TryGetValue((process, write.Key), out (long Number, LeaseRecord) taken) || taken.Number < number))
            world.Oracle.Fail("a note was confirmed that the server has not been sent", process);
        if (write.Life == Hosting.NoteLife.Lease && write.Value is not null)
            _confirmed[write.Key] = Math.Max(_confirmed.GetValueOrDefault(write.Key), number);
    }

    /// <summary>What is on one version of the lease.</summary>
    private sealed record NotesOnLease(
        SortedDictionary<string, string> Lease, SortedDictionary<string, (string Text, int Term)> OfTerms, int Term)
    {
        public static NotesOnLease None { get; } = new([], [], 0);

        public static string KeyOf(string annotation) => annotation[(annotation.IndexOf('/', StringComparison.Ordinal) + 1)..];

        /// <summary>Which note of ours an annotation says; <see langword="null"/>: none.</summary>
        public static long? NumberOf(string annotation, string? value)
        {
            string? text = annotation.StartsWith(NoteAnnotations.OfTerm, StringComparison.Ordinal) ? Text(value) : value;
            return text is not null && SimNotes.NumberOf(text) is >= 0 and var number ? number : null;
        }

        public NotesOnLease With(string annotation, string? value)
        {
            string key = KeyOf(annotation);
            SortedDictionary<string, string> lease = new(Lease);
            SortedDictionary<string, (string Text, int Term)> terms = new(OfTerms);
            lease.Remove(key);
            terms.Remove(key);
            bool isOfTerm = annotation.StartsWith(NoteAnnotations.OfTerm, StringComparison.Ordinal);
            if (isOfTerm && Lease.TryGetValue(key, out string? other))
                lease[key] = other;
            else if (!isOfTerm && OfTerms.TryGetValue(key, out (string, int) another))
                terms[key] = another;
            if (isOfTerm && Text(value) is { } text)
                terms[key] = (text, Term);
            else if (!isOfTerm && value is not null)
                lease[key] = value;
            return this with { Lease = lease, OfTerms = terms };
        }

        public bool IsShownBy(NoteTexts notes)
        {
            SortedDictionary<string, string> shown = new(Lease);
            foreach ((string key, (string text, int term)) in OfTerms)
            {
                if (term == Term)
                    shown[key] = text;
            }

            return shown.Count == notes.Count && shown.All(note => notes.TryGetValue(note.Key, out string? text) && text == note.Value);
        }

        public override string ToString() => string.Join(
            ", ", Lease.Select(note => $"{note.Key}={note.Value}").Concat(OfTerms.Select(note => string.Create(
                CultureInfo.InvariantCulture, $"{note.Key}={note.Value.Text} (of term {note.Value.Term}, now {Term})"))));

        /// <summary>After when and whose.</summary>
        private static string? Text(string? value) => value?.Split(' ', 3) is [_, _, var text] ? text : null;
    }
}
