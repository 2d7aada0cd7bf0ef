using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Hosting;

/// <summary>
/// Hands the notes of work to the core, and what has become of them back to whoever waits. It decides nothing. An election that has ended
/// answers too: nobody waits for ever.
/// </summary>
internal sealed class NoteDesk(ElectionIdentityCard card, Action<ElectionInput> post)
{
    private readonly Lock _gate = new();
    private readonly HashSet<OpenNote> _open = [];
    private bool _isClosed;

    public Task WriteAsync(TermFacts term, string key, string? value, NoteLife life)
    {
        OpenNote note = new(term, key, value, life);
        lock (_gate)
        {
            if (_isClosed)
                return Task.FromException(Lost(key));
            _open.Add(note);
        }

        post(new ElectionInput.NoteWanted(note));
        return note.Done.Task;
    }

    public void Settle(ElectionOutput.NotesSettled settled)
    {
        foreach (OpenNote note in settled.Writes.OfType<OpenNote>())
        {
            lock (_gate)
                _open.Remove(note);
            if (ErrorOf(note, settled) is { } error)
                note.Fail(error);
            else
                note.Done.TrySetResult();
        }
    }

    /// <summary>The election is over, and what it has not answered it never will.</summary>
    public void Close()
    {
        OpenNote[] left;
        lock (_gate)
        {
            _isClosed = true;
            left = [.. _open];
            _open.Clear();
        }

        foreach (OpenNote note in left)
            note.Fail(Lost(note.Key));
    }

    private Exception? ErrorOf(OpenNote note, ElectionOutput.NotesSettled settled) => settled.Outcome switch
    {
        NoteOutcome.Written => null,
        NoteOutcome.LeadershipLost => Lost(note.Key),
        NoteOutcome.TooMuch => NoteRules.TooMuch(note.Key, note.Value!, $"{card.LeaseNamespace}/{card.LeaseName}"),
        NoteOutcome.Refused => new LeaseStoreException(
            $"Lease {card.LeaseNamespace}/{card.LeaseName} was not let have note '{note.Key}', although it was renewed "
            + $"without: {settled.Error!.Message}",
            settled.Error.Exception),
        _ => throw new ArgumentOutOfRangeException(nameof(settled), settled, "The set of outcomes is closed."),
    };

    private LeadershipLostException Lost(string key) => new(
        $"{card.Identity} lost lease {card.LeaseNamespace}/{card.LeaseName} before its note '{key}' was confirmed: it may have "
        + "been written, or not.");

    private sealed class OpenNote(TermFacts term, string key, string? value, NoteLife life) : NoteWrite(term, key, value, life)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whoever has given up waiting must not find it among the unobserved exceptions.</summary>
        public void Fail(Exception error)
        {
            Done.TrySetException(error);
            _ = Done.Task.Exception;
        }
    }
}
