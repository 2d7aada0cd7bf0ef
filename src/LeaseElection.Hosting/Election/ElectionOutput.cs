using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>What to do. At most one request (read, create, replace) is under way at any time.</summary>
internal abstract record ElectionOutput
{
    private ElectionOutput()
    {
    }

    public sealed record Read(TimeSpan Timeout) : ElectionOutput;

    public sealed record Create(LeaseRecord Record, TimeSpan Timeout) : ElectionOutput
    {
        /// <inheritdoc cref="LeaseWrite.Annotations"/>
        public IReadOnlyDictionary<string, string?> Annotations { get; init; } = LeaseWrite.Unchanged;
    }

    public sealed record Replace(Lease Current, LeaseRecord Record, TimeSpan Timeout) : ElectionOutput
    {
        /// <inheritdoc cref="LeaseWrite.Annotations"/>
        public IReadOnlyDictionary<string, string?> Annotations { get; init; } = LeaseWrite.Unchanged;
    }

    /// <summary>Open a watch from this version, in place of the one there may be.</summary>
    public sealed record Watch(string ResourceVersion) : ElectionOutput;

    /// <summary>Close the watch.</summary>
    public sealed record EndWatch : ElectionOutput;

    /// <summary>A term began: start all work.</summary>
    public sealed record StartWork(TermFacts Term, TermValidity Validity) : ElectionOutput;

    /// <summary>Start one piece of work again, in the same term.</summary>
    public sealed record RestartWork(int Work) : ElectionOutput;

    /// <summary>The term is proven valid until later.</summary>
    public sealed record ExtendTerm(TermValidity Validity) : ElectionOutput;

    /// <summary>Renewals fail, and half of the term's time is gone. Over with the next <see cref="ExtendTerm"/>.</summary>
    public sealed record EndangerTerm : ElectionOutput;

    /// <summary>Tell all work to stop; answered by <see cref="ElectionInput.WorkStopped"/> when it has.</summary>
    public sealed record StopWork(StopReason Reason) : ElectionOutput;

    /// <summary>Work still runs although another process may lead.</summary>
    public sealed record StopHost(string Reason) : ElectionOutput;

    /// <summary>As <see cref="StopHost"/>, but at once and without asking anybody.</summary>
    public sealed record FailFast(string Reason) : ElectionOutput;

    /// <summary>Fire the timer at this instant of the monotonic clock, in place of the earlier one.</summary>
    public sealed record WakeAt(TimeSpan Instant) : ElectionOutput;

    /// <summary>It is known what has become of notes.</summary>
    /// <param name="Writes">Which.</param>
    /// <param name="Outcome">What.</param>
    /// <param name="Error">Why they were refused; <see langword="null"/> for any other outcome.</param>
    public sealed record NotesSettled(IReadOnlyList<NoteWrite> Writes, NoteOutcome Outcome, LeaseStoreError? Error) : ElectionOutput;

    /// <summary>Something worth telling people.</summary>
    public sealed record Report(ElectionEvent Event) : ElectionOutput;
}
