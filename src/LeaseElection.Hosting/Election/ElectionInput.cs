using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>What happened. Every request that the core put out is answered by exactly one of the read and write inputs.</summary>
internal abstract record ElectionInput
{
    private ElectionInput()
    {
    }

    public sealed record Started : ElectionInput;

    /// <summary>The timer of <see cref="ElectionOutput.WakeAt"/> went off, early or late: the core looks at the clock itself.</summary>
    public sealed record TimerFired : ElectionInput;

    /// <summary>
    /// The watchdog saw the renew deadline of this term pass and has told its work to stop. The term is over, even if a renewal was
    /// confirmed in that very instant: it would be led without its work otherwise.
    /// </summary>
    public sealed record TermExpired(TermFacts Term) : ElectionInput;

    public sealed record ReadFound(Lease Lease) : ElectionInput;

    public sealed record ReadAbsent : ElectionInput;

    public sealed record ReadFailed(LeaseStoreError Error) : ElectionInput;

    public sealed record WriteSucceeded(Lease Lease) : ElectionInput;

    /// <summary>The lease is not the version the write named.</summary>
    public sealed record WriteConflicted : ElectionInput;

    /// <summary>The write certainly had no effect.</summary>
    public sealed record WriteFailed(LeaseStoreError Error) : ElectionInput;

    /// <summary>The write may have had an effect, or may still have one.</summary>
    public sealed record WriteUnknown(LeaseStoreError Error) : ElectionInput;

    /// <summary>The watch told something.</summary>
    public sealed record Watched(LeaseEvent Event) : ElectionInput;

    /// <summary>The watch was closed in good order.</summary>
    public sealed record WatchEnded : ElectionInput;

    public sealed record WatchBroken(LeaseStoreError Error) : ElectionInput;

    /// <summary>One piece of work returned although nobody asked it to stop.</summary>
    public sealed record WorkReturned(int Work, int StillRunning) : ElectionInput;

    /// <summary>One piece of work threw, and had not been told to stop.</summary>
    /// <param name="Work">Which piece.</param>
    /// <param name="Exception">What it threw.</param>
    /// <param name="SaysTermIsOver">
    /// Whether that says that its term is over, which the clock may have told it before it told this process anything: it had been frozen.
    /// </param>
    public sealed record WorkFaulted(int Work, Exception Exception, bool SaysTermIsOver = false) : ElectionInput;

    /// <summary>After <see cref="ElectionOutput.StopWork"/>: every piece of work has really ended.</summary>
    public sealed record WorkStopped : ElectionInput;

    public sealed record StepDownRequested : ElectionInput;

    public sealed record ShutDownRequested : ElectionInput;

    /// <summary>
    /// Whoever the core stands for has no more time: the attempt that is under way is the last one, and where none has been made yet there
    /// is one. A term that has begun concerns nobody but its holder.
    /// </summary>
    public sealed record WaitingEnded : ElectionInput;

    /// <summary>A term wants to say something with its lease: answered by <see cref="ElectionOutput.NotesSettled"/>.</summary>
    public sealed record NoteWanted(NoteWrite Write) : ElectionInput;

    /// <summary>What each later term of this process says of itself from its first instant, by key.</summary>
    public sealed record FirstNotesChanged(IReadOnlyDictionary<string, string> Notes) : ElectionInput;
}
